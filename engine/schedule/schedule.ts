import type { Frequency } from '../model/component.ts';
import { type CronFields, parseCronSyntax } from '../model/cron.ts';
import type { DurationMs } from '../model/duration.ts';

/** A cron pattern on the wall clock of a time zone. */
export interface CronSchedule {
  readonly kind: 'cron';
  /** Five fields, aliases written out. */
  readonly expression: string;
  readonly fields: CronFields;
  /** Whether its minute or hour has a `*` or a step: what daylight saving does to its slots hangs on this. */
  readonly repeats: boolean;
  readonly timeZone: string;
}

/** Every multiple of a duration since 1970-01-01T00:00Z, whatever the time zone. */
export interface IntervalSchedule {
  readonly kind: 'every';
  readonly everyMs: DurationMs;
}

export type SingleSchedule = CronSchedule | IntervalSchedule;

/** Every slot of each of its parts, once. */
export interface UnionSchedule {
  readonly kind: 'union';
  readonly parts: readonly SingleSchedule[];
}

export type Schedule = SingleSchedule | UnionSchedule;

/** What a component, or a DAG, may say about when. */
export interface WrittenSchedule {
  readonly cron?: string | undefined;
  readonly frequency?: Frequency | undefined;
}

const patterns: Readonly<Record<Exclude<Frequency, object>, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  // ISO 8601: a week begins on Monday. `@weekly` is cron's own and begins on Sunday.
  weekly: '0 0 * * 1',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
};

/** The schedule that was written; undefined for neither `cron` nor `frequency`. `cron` has been validated before. */
export function scheduleOf({ cron, frequency }: WrittenSchedule, timeZone: string): SingleSchedule | undefined {
  if (cron !== undefined) return cronSchedule(cron, timeZone);
  if (frequency === undefined) return undefined;
  if (typeof frequency === 'object') return { kind: 'every', everyMs: frequency.every };
  return cronSchedule(patterns[frequency], timeZone);
}

function cronSchedule(text: string, timeZone: string): CronSchedule {
  const parsed = parseCronSyntax(text);
  if (!parsed.ok) throw new Error(`Internal error: \`${text}\` passed validation, yet expected ${parsed.expected}`);
  const { expression, fields, repeats } = parsed;
  return { kind: 'cron', expression, fields, repeats, timeZone };
}
