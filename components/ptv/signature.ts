import { createHmac } from 'node:crypto';

export interface PtvCredentials {
  readonly devid: string;
  readonly key: string;
}

/**
 * Appends `devid` and then `signature` to a request (path and query, as the API sees it). Signed are the very bytes that are
 * sent, `devid` last: hex HMAC-SHA1 keyed by the API key (PTV Timetable API, "API key and signature"). PTV's documents show
 * the hex in either case; this is lower case.
 */
export function signRequest(request: string, { devid, key }: PtvCredentials): string {
  const signed = `${request}${request.includes('?') ? '&' : '?'}devid=${encodeURIComponent(devid)}`;
  return `${signed}&signature=${createHmac('sha1', key).update(signed).digest('hex')}`;
}
