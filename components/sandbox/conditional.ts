import type { SandboxResponse } from 'signalbox';

/**
 * Turns a 200 into a 304 when the caller holds the same representation (RFC 9110 §13.2.2, steps 3 and 4):
 * If-None-Match, compared weakly, rules; If-Modified-Since is looked at only in its absence.
 */
export function answerConditionally(
  headers: Readonly<Record<string, string>>,
  response: SandboxResponse,
): SandboxResponse {
  if (response.status !== 200) return response;
  const known = response.headers ?? {};
  const noneMatch = headers['if-none-match'];
  const unchanged =
    noneMatch === undefined
      ? isUnmodified(headers['if-modified-since'], known['last-modified'])
      : matches(noneMatch, known.etag);
  return unchanged ? { status: 304, headers: validatorsOf(known) } : response;
}

function matches(noneMatch: string, etag: string | undefined): boolean {
  if (noneMatch.trim() === '*') return true;
  if (etag === undefined) return false;
  const listed = noneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return listed.some((one) => opaque(one) === opaque(etag));
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}

function isUnmodified(since: string | undefined, lastModified: string | undefined): boolean {
  if (since === undefined || lastModified === undefined) return false;
  // NaN, from a date that is none, compares as false: an invalid If-Modified-Since is ignored (§13.1.3).
  return parseHttpDate(lastModified) <= parseHttpDate(since);
}

/** The three forms of RFC 9110 §5.6.7; the last, asctime, says nothing of GMT but means it. */
function parseHttpDate(text: string): number {
  if (/^\w{3,9}, .* GMT$/.test(text)) return Date.parse(text);
  return /^\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}

/** What a 304 has to repeat (§15.4.5). */
function validatorsOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['cache-control', 'content-location', 'etag', 'expires', 'last-modified', 'vary'];
  return Object.fromEntries(kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}
