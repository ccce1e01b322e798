import type { HttpSource } from 'signalbox';
import { type PtvCredentials, signRequest } from './signature.ts';

export const liveBaseUrl = 'https://timetableapi.ptv.vic.gov.au';
export const devidSecret = 'PTV_DEVID';
export const keySecret = 'PTV_API_KEY';

/** Far above the largest answer seen (disruptions of all modes, about 1 MB). */
const answerBytesMax = 16 * 1024 ** 2;

/** 0 train, 1 tram, 2 bus, 3 V/Line, 4 night bus. */
export type RouteType = 0 | 1 | 2 | 3 | 4;

/**
 * The two sources. The API sends no validators, so change is told by content. What it answers with 400 and 403 is landed as
 * well: the body says what was wrong, and the decoder turns it into a failure.
 */
export function ptvSources(
  baseUrl: string,
  credentials: PtvCredentials,
  routeTypes: readonly RouteType[],
): readonly HttpSource[] {
  const query = routeTypes.map((type) => `route_types=${type}`).join('&');
  return (['routes', 'disruptions'] as const).map((id) => ({
    kind: 'http',
    id,
    request: {
      // The base may carry a mount path that the API itself never sees: only what follows it is signed.
      url: baseUrl + signRequest(`/v3/${id}${query && `?${query}`}`, credentials),
      headers: { Accept: 'application/json' },
      maxBytes: answerBytesMax,
      acceptStatus: [400, 403],
    },
    digest: async (body) => (await import('./answer-digest.ts')).answerDigest(id, body),
  }));
}
