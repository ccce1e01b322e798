const longestWaitMs = 3_600_000;

/**
 * The wait that the source asks for, at most an hour: Retry-After in seconds or as an HTTP-date (RFC 9110 §10.2.3 and
 * §5.6.7), the latter counted from the answer's own Date, so that clocks need not agree. Undefined for anything else.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, longestWaitMs);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  const now = parseHttpDate(headers.date ?? '') ?? Date.now();
  return Math.min(Math.max(until - now, 0), longestWaitMs);
}

/** All three forms begin with the day's name; the oldest of them, asctime, leaves out that it means GMT. */
function parseHttpDate(text: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : at;
}
