import type { HttpSource } from 'signalbox';

/** Transport Victoria's open data portal. */
export const liveBaseUrl = 'https://opendata.transport.vic.gov.au';

/** Transport Victoria's whole schedule. */
export const livePath =
  '/dataset/3f4e292e-7f8a-4ffe-831f-1953be0fe448/resource/fb152201-859f-4882-9206-b768060b50ad/download/gtfs.zip';

export const feedId = 'feed';

export function feedSource(baseUrl: string, path: string): HttpSource {
  return { kind: 'http', id: feedId, request: { url: `${baseUrl}${path}` } };
}
