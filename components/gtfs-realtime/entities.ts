import type { JsonObject } from 'signalbox';
import type { Feed, FeedEntity, Payload } from './decode.ts';

const payloads = ['trip_update', 'vehicle', 'alert', 'shape', 'stop', 'trip_modifications'] as const;

/** The entities of a feed that carry its payload, and the deleted ones, which by the specification may carry none. */
export function entitiesOf(feed: Feed, payload: Payload): readonly FeedEntity[] {
  return feed.entity.filter((entity) => entity[payload] !== undefined || isBareDeletion(entity));
}

/** One record for each element of a repeated field, numbered from 0 as `index`, with its entity around it. */
export function elementsOf(feed: Feed, payload: Payload, field: string): readonly JsonObject[] {
  return feed.entity.flatMap((entity) => {
    const elements = (entity[payload]?.[field] ?? []) as readonly JsonObject[];
    return elements.map((element, index): JsonObject => ({ ...entity, element, index }));
  });
}

/** What a feed holds besides its own payload and is not published: payload → how many. */
export function strayPayloads(feed: Feed, own: Payload): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const payload of payloads) {
    if (payload === own) continue;
    const count = feed.entity.filter((entity) => entity[payload] !== undefined).length;
    if (count > 0) counts.set(payload, count);
  }
  return counts;
}

function isBareDeletion(entity: FeedEntity): boolean {
  return entity.is_deleted === true && payloads.every((payload) => entity[payload] === undefined);
}
