/**
 * The cron dialect of this engine, stricter than any library's: exactly five fields (minute, hour, day of month, month, day
 * of week; crontab(5) of Vixie cron) or an alias. A field is a comma list of `*`, `7`, `1-5`, `*\/15`, `10-40/5` or names.
 */
export interface CronFields {
  readonly minute: readonly number[];
  readonly hour: readonly number[];
  readonly dayOfMonth: readonly number[];
  readonly month: readonly number[];
  /** 0 is Sunday; 7 is written as 0. */
  readonly dayOfWeek: readonly number[];
}

export type CronSyntax =
  /**
   * `expression` has five fields, aliases written out, single spaces. `repeats` says that the minute or the hour was
   * written with a `*` or a step; a list or range of plain values has neither.
   */
  | { readonly ok: true; readonly expression: string; readonly fields: CronFields; readonly repeats: boolean }
  /** `expected` completes "expected … to be". */
  | { readonly ok: false; readonly expected: string };

export const cronAliases: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

interface Field {
  readonly name: keyof CronFields;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** The first one stands for `low`. */
  readonly names: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const layout: readonly Field[] = [
  { name: 'minute', label: 'minute', low: 0, high: 59, names: [] },
  { name: 'hour', label: 'hour', low: 0, high: 23, names: [] },
  { name: 'dayOfMonth', label: 'day of month', low: 1, high: 31, names: [] },
  { name: 'month', label: 'month', low: 1, high: 12, names: months },
  { name: 'dayOfWeek', label: 'day of week', low: 0, high: 7, names: days },
];

/** Parses a cron expression, or says which field is wrong and what it may be. */
export function parseCronSyntax(text: string): CronSyntax {
  const trimmed = text.trim();
  const expression = trimmed.startsWith('@') ? cronAliases[trimmed] : trimmed;
  if (expression === undefined) return refuse(`one of ${Object.keys(cronAliases).join(' ')}`);
  const parts = expression.split(/[ \t]+/).filter((part) => part !== '');
  if (parts.length !== layout.length) {
    return refuse(
      'a cron expression of five fields (minute, hour, day of month, month, day of week), such as `0 * * * *`',
    );
  }
  const fields: Partial<Record<keyof CronFields, readonly number[]>> = {};
  for (const [index, field] of layout.entries()) {
    const values = parseField(parts[index] as string, field);
    if (values === undefined) return refuse(describeField(field, index, parts[index] as string));
    fields[field.name] = values;
  }
  return happens(fields as CronFields)
    ? {
        ok: true,
        expression: parts.join(' '),
        fields: fields as CronFields,
        repeats: parts.slice(0, 2).some((part) => /[*/]/.test(part)),
      }
    : refuse('a cron expression whose days exist in its months');
}

function refuse(expected: string): CronSyntax {
  return { ok: false, expected };
}

function describeField(field: Field, index: number, got: string): string {
  const names = field.names.length === 0 ? '' : ` or ${field.names[0]}-${field.names.at(-1)}`;
  return (
    `a cron expression whose field ${index + 1} (${field.label}) is made of *, values from ${field.low} to ${field.high}${names}, ` +
    `rising ranges and steps of ranges, not \`${got}\``
  );
}

function parseField(text: string, field: Field): readonly number[] | undefined {
  const values = new Set<number>();
  for (const element of text.split(',')) {
    const range = parseElement(element, field);
    if (range === undefined) return undefined;
    for (let value = range.first; value <= range.last; value += range.step) {
      values.add(field.name === 'dayOfWeek' ? value % 7 : value);
    }
  }
  return [...values].toSorted((left, right) => left - right);
}

function parseElement(element: string, field: Field): { first: number; last: number; step: number } | undefined {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(element);
  if (!match) return undefined;
  const [, star, from, to, stepText] = match;
  // `5/15` means "from 5 on" to some programs and an error to others.
  if (stepText !== undefined && star === undefined && to === undefined) return undefined;
  // A star covers Sunday once, as 0.
  const first = star === undefined ? parseValue(from as string, field) : field.low;
  const last = star === undefined ? parseValue(to ?? (from as string), field) : Math.min(field.high, lastOf(field));
  const step = stepText === undefined ? 1 : Number(stepText);
  if (first === undefined || last === undefined || first > last) return undefined;
  return step >= 1 && step <= Math.max(1, last - first) ? { first, last, step } : undefined;
}

function lastOf(field: Field): number {
  return field.name === 'dayOfWeek' ? 6 : field.high;
}

function parseValue(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return named + field.low;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.low && value <= field.high ? value : undefined;
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** False for days such as 31 April. A restricted day of week makes it happen anyway: the two day fields are alternatives. */
function happens(fields: CronFields): boolean {
  if (fields.dayOfWeek.length < days.length) return true;
  return fields.month.some((month) => (fields.dayOfMonth[0] as number) <= (longestMonths[month - 1] as number));
}
