import type { HttpSource } from 'signalbox';

/** In the order in which they are asked for and published. */
export const feedNames = ['trip-updates', 'vehicle-positions', 'service-alerts'] as const;
export type FeedName = (typeof feedNames)[number];

/** Path segments of the API; `bus` and `vline` have no service alerts. */
export type Mode = 'metro' | 'tram' | 'bus' | 'vline';

export const liveBaseUrl = 'https://api.opendata.transport.vic.gov.au';
export const keySecret = 'TRANSPORT_VIC_KEY_ID';

/** Four times the largest feeds of a city that were seen. Of two bytes an object can be made, so this is also a bound on memory. */
const feedBytesMax = 8 * 1024 * 1024;

/**
 * One feed of Transport Victoria's API. The published specification names the header `Ocp-Apim-Subscription-Key`; the
 * service answers that with 401 `Failed to find key field: KeyId`, so `KeyId` it is.
 */
export function feedSource(feed: FeedName, mode: Mode, baseUrl: string, keyId: string): HttpSource {
  return {
    kind: 'http',
    id: feed,
    request: {
      url: `${baseUrl}/opendata/public-transport/gtfs/realtime/v1/${mode}/${feed}`,
      headers: { KeyId: keyId },
      maxBytes: feedBytesMax,
    },
    digest: async (body) => (await import('./feed-digest.ts')).feedDigest(body),
  };
}
