import { createHmac } from 'node:crypto';

/**
 * True when the query ends in `devid` of this developer and then the signature: hex HMAC-SHA1, in either case, keyed by
 * the API key, over the bytes of path and query as sent, up to `&signature=` (PTV, "API key and signature").
 */
export function isSigned(path: string, query: string, devid: string, key: string): boolean {
  const [, message = '', sent = '', signature = ''] =
    /^((?:.*&)?devid=([^&]*))&signature=([0-9a-fA-F]{40})$/.exec(query) ?? [];
  const expected = createHmac('sha1', key).update(`${path}?${message}`).digest('hex');
  return sent === devid && signature.toLowerCase() === expected;
}
