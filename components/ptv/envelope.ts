import { type FailureError, sourceFailure } from 'signalbox';
import { z } from 'zod';
import { describeMisfit } from '../http/expected-shape.ts';
import { readJson } from '../http/read-json.ts';

/** Names come with blanks at their end (`"Hastings "`). */
export const trimmed = z.string().transform((text) => text.trim());

/** ISO 8601. All times of the API are UTC by its own word, so one without an offset is UTC too. */
export const instant = z.iso
  .datetime({ offset: true, local: true })
  .transform((text) => (/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`));

/** 0 offline, 1 online. */
export const statusSchema = z.object({ health: z.number().nullish() }).nullish();

const refusalSchema = z.object({ message: z.string(), status: z.object({}) });
const faultSchema = z.object({ Message: z.string() });

/**
 * Parses an answer of the Timetable API. Throws a `source` failure for the two error bodies (`{message, status}` of a
 * refused request, `{Message}` of a fault), for what is no JSON, and for what is not `schema`, naming the place.
 */
export function parseAnswer<T>(bytes: Uint8Array, what: string, schema: z.ZodType<T>, contentType?: string): T {
  const body = readJson(bytes, `${what} of PTV`, contentType);
  const refused = refusalSchema.safeParse(body);
  if (refused.success) throw refusedRequest(what, refused.data.message);
  const faulted = faultSchema.safeParse(body);
  if (faulted.success)
    throw sourceFailure(`expected ${what} of PTV, got a fault of its server: ${faulted.data.Message}`);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw sourceFailure(`expected ${what} as API v3 describes them, got another shape: ${describeMisfit(parsed.error)}`, {
    hint: 'Compare the answer with https://timetableapi.ptv.vic.gov.au/swagger/docs/v3; the API may have changed.',
  });
}

function refusedRequest(what: string, message: string): FailureError {
  return sourceFailure(`PTV refused the request for ${what}: ${message}`, {
    retryable: false,
    hint: 'Check PTV_DEVID and PTV_API_KEY: they must belong together, and the key is case-sensitive. Keys are given out by APIKeyRequest@ptv.vic.gov.au.',
  });
}
