import { type Json, sourceFailure } from 'signalbox';
import { z } from 'zod';
import { describeMisfit } from '../expected-shape.ts';
import { readJson } from '../read-json.ts';

/** Its one key that is always there; besides it a `message`, or fields with what is wrong about each. */
const typeField = '__type';
const refusalSchema = z.object({
  success: z.literal(false),
  error: z.union([z.string().transform((message) => ({ message })), z.record(z.string(), z.json())]),
});

/** The same of a landed body. Throws a `source` failure for what is no JSON, too. */
export function openEnvelope<T>(bytes: Uint8Array, what: string, schema: z.ZodType<T>, contentType?: string): T {
  return resultOf(readJson(bytes, what, contentType), what, schema);
}

/**
 * What is in CKAN's envelope `{help, success, result}` (CKAN Action API). Throws a `source` failure for
 * `{success: false, error}`, and for a result that is not `schema`, naming the place.
 */
export function resultOf<T>(body: unknown, what: string, schema: z.ZodType<T>): T {
  const refused = refusalSchema.safeParse(body);
  if (refused.success) throw refusedAction(what, refused.data.error);
  const parsed = z.object({ success: z.literal(true), result: schema }).safeParse(body);
  if (parsed.success) return parsed.data.result;
  throw sourceFailure(`expected ${what} in CKAN's envelope, got another shape: ${describeMisfit(parsed.error)}`, {
    hint: 'Look at what the address answers: the portal may have moved or changed.',
  });
}

function refusedAction(what: string, error: Readonly<Record<string, Json>>): Error {
  const { [typeField]: kind, message, ...fields } = error;
  const type = typeof kind === 'string' ? kind : 'Error';
  const reason = typeof message === 'string' ? message : JSON.stringify(fields);
  return sourceFailure(`expected ${what}, got CKAN's ${type}: ${reason}`, {
    retryable: false,
    hint: 'Check the package names in the DAG. Resource ids change between releases: run the discovery again with --force.',
    details: { type },
  });
}
