import { z } from 'zod';
import { failurePolicies, frequencies } from '../engine/model/component.ts';
import { parseCronSyntax } from '../engine/model/cron.ts';
import { type DurationMs, parseDuration } from '../engine/model/duration.ts';
import { catchupPolicies } from '../engine/model/slot.ts';

const duration = z.string().transform((text, context): DurationMs => {
  const parsed = parseDuration(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 30s, 5m or 2h' });
  return z.NEVER;
});

const count = (max: number) => z.int().min(1).max(max);

const retries = z.strictObject({ max: z.int().min(0).max(20), delay: duration, maxDelay: duration });

const cron = z.string().superRefine((text, context) => {
  const parsed = parseCronSyntax(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: `expected ${parsed.expected}` });
});

const frequency = z.union([z.enum(frequencies), z.strictObject({ every: duration })], {
  error: `expected one of ${frequencies.join(', ')}, or { every: '90m' }`,
});

/** What an environment may change of one component without touching the DAG file. */
const componentOverlay = z.strictObject({
  enabled: z.boolean().optional(),
  /** In place of whatever the component says about when. */
  frequency: frequency.optional(),
  cron: cron.optional(),
  timeout: duration.optional(),
  retries: retries.partial().optional(),
  params: z.record(z.string(), z.json()).optional(),
});

const dagOverlay = z.strictObject({
  schedule: cron.optional(),
  catchup: z.enum(catchupPolicies).optional(),
  tolerance: duration.optional(),
  catchupWindow: duration.optional(),
  timeout: duration.optional(),
  concurrency: count(256).optional(),
  failurePolicy: z.enum(failurePolicies).optional(),
  components: z.record(z.string(), componentOverlay).default({}),
});

/** What an environment may change of a quota, wherever it is used. */
const quotaOverlay = z.strictObject({
  limit: count(1_000_000_000).optional(),
  reserve: z.int().min(0).max(1_000_000_000).optional(),
});

/** What the guard of the http client reads, and would refuse only when a component calls. */
const privateHost = /^(?:\[[0-9a-f:.]+\]|[^:/?#@\s]+)(?::\d{1,5})?$|^[0-9a-f]*:[0-9a-f:.]+$/i;

/** Everything that differs between environments. Durations are text such as `30s` before, milliseconds after parsing. */
export const settingsSchema = z.strictObject({
  /** Attempts at once, in a DAG that does not say. */
  concurrency: count(256),
  /** What becomes of the others when a component has failed, in a DAG that does not say: `docs/runs.md`. */
  failurePolicy: z.enum(failurePolicies),
  /** Of a run, in a DAG that does not say. */
  timeout: duration,
  /** Of each try of a component that does not say. */
  componentTimeout: duration,
  /** Between two rungs of the ladder: abort → SIGTERM → SIGKILL. */
  grace: duration,
  retries,
  /** After so long without a sign, an engine that cannot be looked at is taken for dead, and others go on with its runs. */
  lease: duration.refine((ms) => ms >= 1_000, { error: 'expected at least 1s' }),
  /** A slot not older than this is still on time, in a DAG that does not say. */
  tolerance: duration,
  /** What becomes of older ones: `docs/schedules.md`. */
  catchup: z.enum(catchupPolicies),
  catchupWindow: duration,
  /** DAGs at work at once in a tick. */
  tickConcurrency: count(64),
  /** Sources asked at once whether they changed; per host it is always one. */
  probeConcurrency: count(64),
  /** Every how many answers that rest on a validator alone a source's content is read to verify it; 0 is never. */
  auditEvery: z.int().min(0).max(1_000_000),
  /** Child processes kept ready for the next attempt. */
  spareChildren: z.int().min(0).max(16),
  sqlMemoryMb: z.int().min(64).max(65_536),
  sqlThreads: count(64),
  /** Folder of landing, curated and quarantine; relative to the home. */
  storage: z.string().refine((folder) => folder.includes('{environment}'), {
    error: 'expected a folder with {environment} in it, so that no two environments share one',
  }),
  /** What `db clean` leaves: of runs and slots, of logs and quarantined records, of superseded versions of datasets. */
  retention: z.strictObject({
    history: duration,
    artifacts: duration,
    versions: z.union([z.literal('forever'), duration], { error: 'expected a duration such as 90d, or forever' }),
  }),
  /** Private hosts that components may call, as `host` or `host:port`. */
  allowHosts: z.array(
    z
      .string()
      .regex(privateHost, { error: 'expected a host such as mirror.internal, 10.0.0.7:8080 or [fd00::7]:8080' }),
  ),
  /** What the sandbox origin makes its data from. */
  sandboxSeed: z.int().min(0),
  dags: z.record(z.string(), dagOverlay),
  /** By the name of the quota. */
  quotas: z.record(z.string(), quotaOverlay),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** A layer names only what it changes. */
export type SettingsLayer = {
  readonly [Key in keyof SettingsInput]?: SettingsInput[Key] extends readonly unknown[] | string | number
    ? SettingsInput[Key]
    : Partial<SettingsInput[Key]>;
};
