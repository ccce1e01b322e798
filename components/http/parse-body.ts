import { sourceFailure } from 'signalbox';
import type { Answered } from './body.ts';
import { decodeJson } from './decode-json.ts';
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
 * Where the status alone is the answer (204, or one that the request accepts besides 2xx) a body that is no JSON is
 * undefined.
 */
export function parseJson(body: Uint8Array, { hop, status, headers }: Answered): unknown {
  const decoded = decodeJson(body, headers['content-type'], redact(body.subarray(0, 1_024), hop));
  if ('value' in decoded) return decoded.value;
  if (status === 204 || status >= 300) return undefined;
  throw sourceFailure(`${describeHop(hop)}: expected JSON, got ${decoded.got}`);
}
