import { sourceFailure } from 'signalbox';
import { describeBytes } from './describe-body.ts';

const shownBytes = 512;

/**
 * A landed body as JSON; a byte order mark is let pass. Throws a `source` failure that says what came in place of `what`, such as
 * `the routes of PTV`.
 */
export function readJson(bytes: Uint8Array, what: string, contentType?: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const got = describeBytes(bytes.subarray(0, shownBytes), bytes.length, contentType).text;
    throw sourceFailure(`expected ${what} as JSON, got ${got}`, {}, cause);
  }
}
