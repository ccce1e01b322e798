import { Buffer } from 'node:buffer';
import type { HealthyAnswer } from './origin.ts';
import { storedZip } from './zips.ts';

const json = 'application/json; charset=utf-8';

/** The least that GTFS asks for. */
export const feedFiles = {
  'agency.txt': 'agency_id,agency_name,agency_url,agency_timezone\nA,Agency,https://a.example,Australia/Melbourne\n',
  'stops.txt': 'stop_id,stop_name,stop_lat,stop_lon\nS1,First,-37.5,144.5\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR1,A,1,3\n',
  'trips.txt': 'route_id,service_id,trip_id\nR1,W,T1\n',
  'stop_times.txt': 'trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,08:00:00,08:00:00,S1,1\n',
  'calendar_dates.txt': 'service_id,date,exception_type\nW,20260101,1\n',
} as const;

/** `FeedMessage { header { gtfs_realtime_version: "2.0" } }`, in which nothing happens. */
const emptyFeed = Buffer.from([0x0a, 0x05, 0x0a, 0x03, 0x32, 0x2e, 0x30]);

const answers: readonly (readonly [RegExp, HealthyAnswer])[] = [
  [/\/gtfs\.zip/, { contentType: 'application/zip', body: storedZip(feedFiles) }],
  [/\/opendata\//, { contentType: 'application/x-protobuf', body: emptyFeed }],
  [
    /\/v3\/routes/,
    jsonAnswer({ routes: [{ route_type: 0, route_id: 1, route_name: 'Alamein' }], status: { health: 1 } }),
  ],
  [/\/v3\/disruptions/, jsonAnswer({ disruptions: {}, status: { health: 1 } })],
  [
    /\/package_show/,
    jsonAnswer({
      success: true,
      result: {
        name: 'patronage',
        metadata_modified: '2026-01-01T00:00:00',
        resources: [{ id: 'rows-1', format: 'CSV', datastore_active: true, created: '2026-01-01T00:00:00' }],
      },
    }),
  ],
  [
    /\/datastore_search/,
    jsonAnswer({
      success: true,
      result: {
        fields: [{ id: '_id' }, { id: 'Station' }],
        records: [{ _id: 1, Station: 'Alamein' }],
        total: 1,
      },
    }),
  ],
  [/\/count/, jsonAnswer({ total: 3, note: 'three' })],
  [/\/text/, { contentType: 'text/plain', body: Buffer.from('release 7') }],
];

export function healthyAnswer(path: string): HealthyAnswer {
  const found = answers.find(([pattern]) => pattern.test(path));
  return found?.[1] ?? { contentType: 'text/plain', body: Buffer.from('healthy') };
}

function jsonAnswer(value: object): HealthyAnswer {
  return { contentType: json, body: Buffer.from(JSON.stringify(value)) };
}
