import { sourceFailure } from 'signalbox';
import type { Answered } from './body.ts';
import { describeBytes } from './describe-body.ts';
import { describeHop } from './hop.ts';
import { redact } from './redact.ts';

/** By the charset of the Content-Type, else UTF-8; what does not decode becomes U+FFFD. */
export function parseText(body: Uint8Array, { headers }: Answered): string {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/**
 * JSON is UTF-8 (RFC 8259 §8.1); a byte order mark is let pass. Where the status alone is the answer (204, or one that
 * the request accepts besides 2xx) a body that is no JSON is undefined.
 */
export function parseJson(body: Uint8Array, { hop, status, headers }: Answered): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    if (status === 204 || status >= 300) return undefined;
    const start = redact(body.subarray(0, 1_024), hop);
    const got = describeBytes(start, body.byteLength, headers['content-type']).text;
    throw sourceFailure(`${describeHop(hop)}: expected JSON, got ${got}`);
  }
}
