import { type Hop, sentValues } from './hop.ts';

/** Too short to be a key, and likely to be found by chance. */
const shortestSecret = 6;

/** Error pages like to repeat the request, keys and all: blanks out whatever of the request could be one. */
export function redact(body: Uint8Array, hop: Hop): Uint8Array {
  const secrets = sentValues(hop).filter((value) => value.length >= shortestSecret);
  const text = Buffer.from(body).toString('latin1');
  const blanked = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return Buffer.from(blanked, 'latin1');
}
