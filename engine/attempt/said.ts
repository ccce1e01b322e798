import { inspect } from 'node:util';
import type { Progress } from '../model/context.ts';
import type { JsonObject } from '../model/json.ts';
import type { Warning } from '../model/outcome.ts';
import type { LogLine } from '../model/task.ts';

/**
 * What a component says, as plain data: authors log what they caught and what a database gave them, and neither an Error
 * nor a bigint is JSON. Whoever listens writes JSON, and must not stumble over a log line.
 */

/** As for a line of a program's output: what is longer is cut, and says so. */
const longest = 65_536;

export function lineOf(level: LogLine['level'], message: unknown, fields: unknown): LogLine {
  return { level, message: textOf(message), ...(fields === undefined ? {} : { fields: fieldsOf(fields) }) };
}

export function warningOf({ code, message, count }: Warning): Warning {
  const number = numberOf(count);
  return { code: textOf(code), message: textOf(message), ...(number === undefined ? {} : { count: number }) };
}

/** Undefined when there is nothing to show: no number was given. */
export function progressOf({ done, total, unit }: Progress): Progress | undefined {
  const number = numberOf(done);
  if (number === undefined) return undefined;
  const end = numberOf(total);
  return { done: number, unit, ...(end === undefined ? {} : { total: end }) };
}

function numberOf(said: unknown): number | undefined {
  const number = typeof said === 'bigint' ? Number(said) : said;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function textOf(said: unknown): string {
  return cut(typeof said === 'string' ? said : said instanceof Error ? (said.stack ?? said.message) : inspect(said));
}

function fieldsOf(fields: unknown): JsonObject {
  try {
    const text = JSON.stringify(fields, plainly);
    return text.length > longest ? { cut: cut(text) } : asObject(JSON.parse(text));
  } catch {
    return { inspected: cut(inspect(fields)) };
  }
}

/** Digits of a bigint are kept; of an Error JSON would keep nothing. */
function plainly(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

function asObject(value: unknown): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : ({ value } as JsonObject);
}

function cut(text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (${text.length - longest} more characters were cut off)`;
}
