import { parseHttpDate } from './http-date.ts';

const longestWaitMs = 3_600_000;
/** Thousands of years: a number of any length stays one. */
const endlessMs = 1e15;

/** The wait that the source asks for, at most an hour. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const waitMs = askedWaitMs(headers);
  return waitMs === undefined ? undefined : Math.min(waitMs, longestWaitMs);
}

/**
 * Retry-After in seconds or as an HTTP-date (RFC 9110 §10.2.3 and §5.6.7), the latter counted from the answer's own Date,
 * so that clocks need not agree. Undefined for anything else.
 */
export function askedWaitMs(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, endlessMs);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  const now = parseHttpDate(headers.date ?? '') ?? Date.now();
  return Math.max(until - now, 0);
}
