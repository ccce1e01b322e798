import type { HttpRequest, Validators } from 'signalbox';
import { FailureError, sourceFailure } from 'signalbox';
import { carriesSecret } from './carried-secret.ts';

/** One request as it goes over the wire; an exchange is a chain of them, joined by redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What may follow a redirect to another origin. All else may be a key: `authorization`, `cookie`, `x-api-key`, … */
const harmlessHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'if-modified-since',
  'if-none-match',
  'user-agent',
]);

export function firstHop(request: HttpRequest, userAgent: string, method: Hop['method'] = 'GET'): Hop {
  if (!URL.canParse(request.url)) {
    throw new FailureError({
      class: 'error',
      message: 'expected `url` to be an absolute http(s) address',
      retryable: false,
    });
  }
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    url: new URL(request.url),
    method: request.method ?? method,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': userAgent,
      ...validatorHeaders(request.validators),
      ...Object.fromEntries(given),
    },
    ...(request.body !== undefined && { body: request.body }),
  };
}

/**
 * The next request after a 301, 302, 303, 307 or 308 (RFC 9110 §15.4). Nothing that may be a key follows to another origin,
 * and where the new address holds one of `secrets` itself nobody follows.
 */
export function redirectedHop(hop: Hop, status: number, location: string, secrets: readonly string[]): Hop {
  if (location === '' || !URL.canParse(location, hop.url.href)) {
    throw sourceFailure(`${describeHop(hop)}: expected the redirect to name an address, got none that can be read`);
  }
  const url = new URL(location, hop.url);
  const becomesGet = hop.method === 'POST' && status !== 307 && status !== 308;
  const isSameOrigin = url.origin === hop.url.origin;
  if (!isSameOrigin && carriesSecret(url, secrets)) {
    throw sourceFailure(`${describeHop(hop)}: refused a redirect that would carry a secret on to another origin`, {
      retryable: false,
      hint: 'If the source has moved for good, name its new address in the DAG.',
    });
  }
  if (hop.method === 'POST' && !becomesGet && !isSameOrigin) {
    throw sourceFailure(`${describeHop(hop)}: refused to send the request's body on to ${url.host}`, {
      retryable: false,
    });
  }
  const headers = Object.entries(hop.headers).filter(
    ([name]) => (isSameOrigin || harmlessHeaders.has(name)) && !(becomesGet && name.startsWith('content-')),
  );
  const keepsBody = !becomesGet && hop.body !== undefined;
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(headers),
    ...(keepsBody && { body: hop.body }),
  };
}

/** `GET host/path`, the start of every message about it. */
export function describeHop(hop: Hop): string {
  return `${hop.method} ${shownAddress(hop.url)}`;
}

export function isConditional(hop: Hop): boolean {
  return 'if-none-match' in hop.headers || 'if-modified-since' in hop.headers;
}

/** The values that a source may echo and that nobody else should read: of the query and of uncommon headers. */
export function sentValues(hop: Hop): readonly string[] {
  const headers = Object.entries(hop.headers).filter(([name]) => !harmlessHeaders.has(name));
  const encoded = hop.url.search.split(/[?&=]/);
  return [
    ...hop.url.searchParams.values(),
    ...encoded,
    ...headers.flatMap(([, value]) => [value, ...value.split(/\s+/)]),
  ];
}

/** Sent back as they came, weak or strong: a 304 needs the weak comparison only (RFC 9110 §13.1.2). */
function validatorHeaders({ etag, lastModified }: Validators = {}): Record<string, string> {
  return {
    ...(isSendable(etag) && { 'if-none-match': etag }),
    ...(isSendable(lastModified) && { 'if-modified-since': lastModified }),
  };
}

function isSendable(value: string | undefined): value is string {
  return value !== undefined && /^[\x21-\x7e][\x20-\x7e]*$/.test(value);
}

/** Without query, user name and password, which may hold keys, and not longer than a line. */
function shownAddress(url: URL): string {
  const path = url.pathname.length > 160 ? `${url.pathname.slice(0, 160)}…` : url.pathname;
  return `${url.host}${path}`;
}
