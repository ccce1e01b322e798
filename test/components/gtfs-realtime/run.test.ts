import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { feedNames } from '../../../components/gtfs-realtime/feeds.ts';
import { gtfsRealtime } from '../../../components/gtfs-realtime/index.ts';
import { feedMessageType } from '../../../components/gtfs-realtime/proto.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type AttemptResult, type Bench, openBench } from '../attempt.ts';

const files = '../shared/data/gtfs-rt';
const root = '/opendata/public-transport/gtfs/realtime/v1/metro';
const header = { gtfs_realtime_version: '2.0', timestamp: '1752853983' };
const datasets = [
  'gtfs_rt_trip_updates',
  'gtfs_rt_stop_time_updates',
  'gtfs_rt_vehicle_positions',
  'gtfs_rt_vehicle_carriages',
  'gtfs_rt_alerts',
  'gtfs_rt_alert_texts',
  'gtfs_rt_alert_active_periods',
  'gtfs_rt_alert_informed_entities',
];

let origin: Origin;
let bench: Bench;

beforeEach(async () => {
  origin = await startOrigin();
  bench = await openBench();
  for (const feed of feedNames) serve(feed, encode({ header }));
});

afterEach(async () => {
  await origin.close();
  await bench.close();
});

function encode(message: object): Uint8Array {
  const type = feedMessageType();
  return type.encode(type.fromObject(message)).finish();
}

function serve(feed: string, body: Uint8Array | string, contentType = 'application/x-protobuf'): void {
  origin.route(`${root}/${feed}`, { headers: { 'content-type': contentType }, body });
}

function attempt(options: Partial<Parameters<Bench['attempt']>[0]> = {}): Promise<AttemptResult> {
  const component = gtfsRealtime({ id: 'gtfs-realtime' });
  return bench.attempt({
    component,
    baseUrl: origin.url,
    secrets: { TRANSPORT_VIC_KEY_ID: 'key-of-the-test' },
    ...options,
  });
}

async function counts(result: AttemptResult): Promise<Record<string, number>> {
  const rows = await Promise.all(
    datasets.map(async (dataset) => [dataset, (await result.rows(dataset)).length] as const),
  );
  return Object.fromEntries(rows.filter(([, count]) => count > 0));
}

describe('gtfsRealtime', () => {
  it('asks for each feed once, with the key in the header that works', async () => {
    const { outcome } = await attempt();
    expect(outcome.status).toBe('success');
    expect(origin.requests.map(({ path }) => path).toSorted()).toEqual(
      feedNames.map((feed) => `${root}/${feed}`).toSorted(),
    );
    for (const { headers } of origin.requests) expect(headers.keyid).toBe('key-of-the-test');
  });

  it('publishes every table of a feed in which nothing happens', async () => {
    const result = await attempt();
    if (result.outcome.status !== 'success') throw new Error(JSON.stringify(result.outcome));
    expect(result.outcome.datasets.map(({ dataset, rows }) => [dataset, rows])).toEqual(
      datasets.map((one) => [one, 0]),
    );
    expect(result.outcome.output).toEqual({
      entities: { 'trip-updates': 0, 'vehicle-positions': 0, 'service-alerts': 0 },
    });
    expect(result.outcome.warnings).toEqual([]);
  });

  it('publishes typed columns that lose no digit', async () => {
    const vehicle = {
      trip: { trip_id: 't', start_time: '25:09:00', direction_id: 1, schedule_relationship: 'NEW' },
      position: { latitude: -37.765037536621094, longitude: 145.25, odometer: 0.1 },
      timestamp: '18446744073709551615',
      multi_carriage_details: [{ id: 'c', occupancy_status: 'FULL', carriage_sequence: 1 }],
    };
    serve('vehicle-positions', encode({ header, entity: [{ id: '1', vehicle }] }));
    const result = await attempt();
    expect(await result.rows('gtfs_rt_vehicle_positions')).toMatchObject([
      {
        entity_id: '1',
        start_time: '25:09:00',
        direction_id: 1,
        schedule_relationship: 'NEW',
        latitude: -37.765037536621094,
        odometer: 0.1,
        timestamp: 18_446_744_073_709_551_615n,
        feed_timestamp: 1_752_853_983n,
      },
    ]);
    expect(await result.rows('gtfs_rt_vehicle_carriages')).toMatchObject([
      { entity_id: '1', carriage_index: 0, carriage_id: 'c', occupancy_status: 'FULL' },
    ]);
  });

  it('has equal evidence and digests when only the time and the order of a feed moved', async () => {
    const trips = ['a', 'b'].map((id) => ({ id, trip_update: { trip: { trip_id: id } } }));
    serve('trip-updates', encode({ header, entity: trips }));
    const first = (await attempt()).outcome;
    serve('trip-updates', encode({ header: { ...header, timestamp: '1752854013' }, entity: trips.toReversed() }));
    const second = (await attempt()).outcome;
    serve('trip-updates', encode({ header, entity: trips.slice(1) }));
    const third = (await attempt()).outcome;
    if (first.status !== 'success' || second.status !== 'success' || third.status !== 'success')
      throw new Error('failed');
    const digests = ({ evidence, datasets: staged }: typeof first) => [
      ...evidence.flatMap(({ parts }) => parts.map(({ digest }) => digest)),
      ...staged.map(({ digest }) => digest),
    ];
    expect(digests(second)).toEqual(digests(first));
    expect(digests(third)).not.toEqual(digests(first));
  });

  it('warns of what a feed holds and nobody publishes, and of a feed of differences', async () => {
    const mixed = {
      header: { ...header, incrementality: 'DIFFERENTIAL' },
      entity: [{ id: 's', shape: { shape_id: 's' } }],
    };
    serve('trip-updates', encode(mixed));
    const { outcome } = await attempt();
    if (outcome.status !== 'success') throw new Error(JSON.stringify(outcome));
    expect(outcome.warnings).toMatchObject([
      { code: 'realtime_stray_payload', count: 1 },
      { code: 'realtime_differential' },
    ]);
  });

  it('fails as the source where a page of HTML comes with 200', async () => {
    serve('trip-updates', '<!DOCTYPE html><title>Sign in</title>', 'text/html');
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { class: 'source', message: expect.stringMatching(/trip-updates.*HTML.*text\/html.*byte offset/) },
    });
  });

  it('does not try again with a key that was refused', async () => {
    origin.route(`${root}/trip-updates`, { status: 401, body: 'Failed to find key field: KeyId' });
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'source', retryable: false } });
    expect(JSON.stringify(outcome)).toContain('Failed to find key field: KeyId');
    expect(JSON.stringify(outcome)).not.toContain('key-of-the-test');
  });

  it('reads another mode and fewer feeds', async () => {
    const tram = '/opendata/public-transport/gtfs/realtime/v1/tram/trip-updates';
    origin.route(tram, { body: encode({ header }) });
    const component = gtfsRealtime({ id: 'gtfs-realtime', mode: 'tram', feeds: ['trip-updates'] });
    const { outcome } = await attempt({ component });
    if (outcome.status !== 'success') throw new Error(JSON.stringify(outcome));
    expect(origin.requests.map(({ path }) => path)).toEqual([tram]);
    expect(outcome.datasets.map(({ dataset }) => dataset)).toEqual(datasets.slice(0, 2));
  });
});

describe.skipIf(!existsSync(files))('gtfsRealtime on real files (needs ../shared/data)', () => {
  it('publishes 91 trip updates, 1,060 stop updates, 14 vehicles and 1 alert', async () => {
    serve('trip-updates', readFileSync(`${files}/transitland-lib/bart-trip-updates.pb`));
    serve('vehicle-positions', readFileSync(`${files}/transitland-lib/ct-vehicle-positions.pb`));
    serve('service-alerts', readFileSync(`${files}/transitland-lib/bart-alerts.pb`));
    expect(await counts(await attempt())).toEqual({
      gtfs_rt_trip_updates: 91,
      gtfs_rt_stop_time_updates: 1_060,
      gtfs_rt_vehicle_positions: 14,
      gtfs_rt_alerts: 1,
      gtfs_rt_alert_texts: 2,
      gtfs_rt_alert_informed_entities: 1,
    });
  });

  it('publishes the Victorian messages', async () => {
    serve('trip-updates', readFileSync(`${files}/derived-victoria/gtfsr-3035.pb`));
    serve('vehicle-positions', readFileSync(`${files}/derived-victoria/gtfsr-fleet.pb`));
    const result = await attempt();
    expect(await result.rows('gtfs_rt_trip_updates')).toMatchObject([
      {
        trip_id: '02-BEG--7-T6-3035',
        start_time: '25:09:00',
        start_date: '20250718',
        schedule_relationship: 'SCHEDULED',
      },
    ]);
    expect(await result.rows('gtfs_rt_vehicle_positions')).toMatchObject([
      { trip_id: '02-LIL--2-T2-3312', vehicle_id: '107M-108M-1354T-1424T-247M-248M', current_status: 'IN_TRANSIT_TO' },
    ]);
  });

  it('loads vehicle_position.pb with one vehicle and no feed timestamp', async () => {
    serve('vehicle-positions', readFileSync(`${files}/gtfs-realtime-bindings-npm/vehicle_position.pb`));
    const result = await attempt();
    expect(await result.rows('gtfs_rt_vehicle_positions')).toMatchObject([
      { entity_id: '1', trip_id: 't0', latitude: 47, longitude: -122, feed_timestamp: null },
    ]);
  });

  it('takes 15 bytes without an entity for a success with zero rows', async () => {
    const empty = readFileSync(`${files}/transitland-lib/ct-service-alerts.pb`);
    expect(empty).toHaveLength(15);
    for (const feed of feedNames) serve(feed, empty);
    const result = await attempt();
    expect(result.outcome.status).toBe('success');
    expect(await counts(result)).toEqual({});
  });

  it('fails on invalid.pb with the byte offset', async () => {
    serve('service-alerts', readFileSync(`${files}/transitland-lib/invalid.pb`));
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { class: 'source', details: { feed: 'service-alerts', byteOffset: 1 } },
    });
  });
});
