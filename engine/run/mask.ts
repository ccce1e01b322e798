import type { LogLine } from '../model/task.ts';

const shortest = 4;
const masked = '***';

/** Takes secrets out of everything that leaves an attempt: logs, failures, outputs, warnings. */
export interface Mask {
  text(text: string): string;
  /** A copy of plain data with every string masked; the value itself when there is nothing to hide. */
  data<Value>(value: Value): Value;
  line(line: LogLine): LogLine;
}

const noMask: Mask = { text: (text) => text, data: (value) => value, line: (line) => line };

/**
 * Shorter values than four characters are not masked: they would blot out ordinary words. Of a value of several lines
 * each line is, since logs come line by line.
 */
export function createMask(secrets: Readonly<Record<string, string>>): Mask {
  const given = Object.values(secrets);
  if (given.length === 0) return noMask;
  const values = given.flatMap((value) => [value, ...value.split(/\r?\n/)]);
  const needles = [...new Set(values.filter((value) => value.length >= shortest).flatMap(spellings))];
  needles.sort((left, right) => right.length - left.length);
  if (needles.length === 0) return noMask;
  const text = (value: string) => needles.reduce((rest, needle) => rest.replaceAll(needle, masked), value);
  const data = <Value>(value: Value): Value => maskData(value, text) as Value;
  const line = ({ level, message, fields }: LogLine): LogLine => ({
    level,
    message: text(message),
    ...(fields ? { fields: data(fields) } : {}),
  });
  return { text, data, line };
}

/** As it is, and as it looks in a URL, in a form and within JSON. */
function spellings(value: string): readonly string[] {
  const form = new URLSearchParams({ value }).toString().slice('value='.length);
  return [value, encodeURIComponent(value), form, JSON.stringify(value).slice(1, -1)];
}

function maskData(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => maskData(item, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), maskData(item, text)]));
}
