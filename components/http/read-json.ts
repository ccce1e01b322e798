import { sourceFailure } from 'signalbox';
import { decodeJson } from './decode-json.ts';

/** A landed body as JSON. Throws a `source` failure that says what came in place of `what`, such as `the routes of PTV`. */
export function readJson(bytes: Uint8Array, what: string, contentType?: string): unknown {
  const decoded = decodeJson(bytes, contentType);
  if ('value' in decoded) return decoded.value;
  throw sourceFailure(`expected ${what} as JSON, got ${decoded.got}`);
}
