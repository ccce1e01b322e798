/**
 * An HTTP-date in any of its three forms (RFC 9110 §5.6.7) as milliseconds since 1970. All of them begin with the day's
 * name; the oldest, asctime, leaves out that it means GMT. Undefined for anything else.
 */
export function parseHttpDate(text: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : at;
}
