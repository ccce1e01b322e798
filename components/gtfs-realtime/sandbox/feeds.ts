import type { Day } from '../../sandbox/day.ts';
import { feedMessageType } from '../proto.ts';
import { alertsOf } from './alerts.ts';
import { momentOf } from './moment.ts';
import { tripUpdatesOf, vehiclesOf } from './movements.ts';

const entitiesOf = {
  'trip-updates': tripUpdatesOf,
  'vehicle-positions': vehiclesOf,
  'service-alerts': alertsOf,
} as const;

export function generatedFeed(feed: keyof typeof entitiesOf, seed: number, day: Day): Uint8Array {
  const moment = momentOf(seed, day);
  return encode({ timestamp: moment.dayStart + moment.now }, entitiesOf[feed](moment));
}

/** A valid feed without entities, and without a time of its own: it is the same on every day. */
export function emptyFeed(): Uint8Array {
  return encode({}, []);
}

function encode(header: object, entity: readonly object[]): Uint8Array {
  const type = feedMessageType();
  const full = { gtfs_realtime_version: '2.0', incrementality: 'FULL_DATASET', ...header };
  return type.encode(type.fromObject({ header: full, entity })).finish();
}
