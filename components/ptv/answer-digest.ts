import type { LandedBody } from 'signalbox';
import { contentDigest } from '../http/content-digest.ts';
import { decodeDisruptions } from './disruptions.ts';
import { decodeRoutes, type Route } from './routes.ts';

const readers = {
  routes: (bytes: Uint8Array) => decodeRoutes(bytes).routes.map(withoutStatusTime),
  disruptions: (bytes: Uint8Array) => decodeDisruptions(bytes).disruptions,
} as const;

/** Digest of what an answer says, but for when it was told: that moves with every answer. */
export async function answerDigest(id: keyof typeof readers, body: LandedBody): Promise<string> {
  return contentDigest(body, readers[id]);
}

function withoutStatusTime({ route_service_status: service, ...route }: Route): object {
  return { ...route, service: service?.description };
}
