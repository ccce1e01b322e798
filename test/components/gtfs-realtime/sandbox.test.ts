import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, it } from 'vitest';
import { gtfsSandbox } from '../../../components/gtfs/sandbox.ts';
import { feedMessageType } from '../../../components/gtfs-realtime/proto.ts';
import { realtimeSandbox } from '../../../components/gtfs-realtime/sandbox.ts';
import { type Sandbox, startSandbox } from '../../../components/sandbox/server.ts';
import { rowsOf, unzipNested } from '../gtfs/sandbox-reading.ts';

const root = '/opendata/public-transport/gtfs/realtime/v1/metro/';
const keyId = realtimeSandbox.secrets?.TRANSPORT_VIC_KEY_ID ?? '';
const feeds = ['trip-updates', 'vehicle-positions', 'service-alerts'];

interface Descriptor {
  readonly trip_id: string;
  readonly route_id: string;
  readonly start_time: string;
  readonly start_date: string;
  readonly schedule_relationship?: string;
}
interface StopUpdate {
  readonly stop_id: string;
  readonly stop_sequence: number;
  readonly departure?: { readonly time: number; readonly delay: number };
}
interface Entity {
  readonly id: string;
  readonly trip_update?: { readonly trip: Descriptor; readonly stop_time_update?: readonly StopUpdate[] };
  readonly vehicle?: { readonly trip: Descriptor; readonly position: { readonly latitude: number } };
  readonly alert?: {
    readonly header_text: { readonly translation: readonly object[] };
    readonly informed_entity: readonly { route_id?: string; stop_id?: string; trip?: Descriptor }[];
  };
}
interface Feed {
  readonly header: { readonly timestamp?: number };
  readonly entity: readonly Entity[];
}

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: { date?: string; dataDirectory?: string } = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    parts: [realtimeSandbox, gtfsSandbox],
    seed: 1,
    date: '2026-11-20',
    ...options,
  });
  open.push(sandbox);
  return sandbox;
}

function get(sandbox: Sandbox, feed: string, headers: Record<string, string> = { KeyId: keyId }): Promise<Response> {
  return fetch(sandbox.baseUrl('gtfs-realtime') + root + feed, { headers });
}

async function body(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

function decode(bytes: Buffer, type: protobuf.Type = feedMessageType()): Feed {
  const message = type.decode(bytes);
  return type.toObject(message, { longs: Number, enums: String }) as unknown as Feed;
}

async function feedOf(sandbox: Sandbox, feed: string): Promise<Feed> {
  return decode(await body(await get(sandbox, feed)));
}

describe('access', () => {
  it('asks for KeyId, and for nothing that the published specification names', async () => {
    const sandbox = await start();
    for (const headers of [{}, { KeyId: 'wrong' }, { 'Ocp-Apim-Subscription-Key': keyId }] as Record<
      string,
      string
    >[]) {
      const answer = await get(sandbox, 'trip-updates', headers);
      expect([answer.status, await answer.text()]).toEqual([401, 'Failed to find key field: KeyId']);
    }
    const answer = await get(sandbox, 'trip-updates');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  });

  it('has no other feeds', async () => {
    expect((await get(await start(), '../tram/trip-updates')).status).toBe(404);
  });

  it('answers 304 to the validators that it gave, until the next day', async () => {
    const etag = (await get(await start(), 'trip-updates')).headers.get('etag') ?? '';
    const headers = { KeyId: keyId, 'If-None-Match': etag };
    expect((await get(await start(), 'trip-updates', headers)).status).toBe(304);
    expect((await get(await start({ date: '2026-11-21' }), 'trip-updates', headers)).status).toBe(200);
  });
});

describe.each([
  ['a weekday in winter', '2026-07-17', '+10:00'],
  ['a Saturday', '2026-11-21', '+11:00'],
  ['a Sunday, which is the short one', '2026-10-04', '+11:00'],
])('the generated feeds on %s', (_, date, offset) => {
  it('name trips, routes and stops that the schedule of the day has, on a day on which they run', async () => {
    const sandbox = await start({ date });
    const zip = await body(await fetch(`${sandbox.baseUrl('gtfs-schedule')}/gtfs.zip`));
    const tables = (await unzipNested(zip)).get('2') ?? new Map<string, Buffer>();
    const rows = (name: string) => rowsOf(tables.get(name) ?? Buffer.alloc(0));
    const day = new Date(`${date}T00:00:00Z`)
      .toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })
      .toLowerCase();
    const services = new Map(rows('calendar.txt').map((service) => [service.service_id, service]));
    const trips = new Map(rows('trips.txt').map((trip) => [trip.trip_id, trip]));
    const times = new Map(rows('stop_times.txt').map((row) => [`${row.trip_id} ${row.stop_sequence}`, row]));
    const updates = (await feedOf(sandbox, 'trip-updates')).entity.map((entity) => entity.trip_update);
    const vehicles = (await feedOf(sandbox, 'vehicle-positions')).entity.map((entity) => entity.vehicle);
    expect(updates.length).toBeGreaterThan(50);
    expect(vehicles.length).toBeGreaterThan(10);
    for (const { trip } of [...updates, ...vehicles].flatMap((one) => (one ? [one] : []))) {
      const scheduled = trips.get(trip.trip_id);
      const service = services.get(scheduled?.service_id ?? '');
      expect([scheduled?.route_id, service?.[day]]).toEqual([trip.route_id, '1']);
      expect(times.get(`${trip.trip_id} 1`)?.departure_time).toBe(trip.start_time);
      expect(trip.start_date).toBe(date.replaceAll('-', ''));
    }
    for (const update of updates) {
      for (const { stop_id, stop_sequence } of update?.stop_time_update ?? []) {
        expect(times.get(`${update?.trip.trip_id} ${stop_sequence}`)?.stop_id).toBe(stop_id);
      }
    }
  });

  it('have trips after midnight, cancelled ones, and translated alerts', async () => {
    const sandbox = await start({ date });
    const trips = (await feedOf(sandbox, 'trip-updates')).entity.flatMap(({ trip_update }) => trip_update?.trip ?? []);
    expect(trips.map((trip) => trip.start_time)).toContain('25:09:00');
    expect(trips.map((trip) => trip.schedule_relationship)).toContain('CANCELED');
    const alerts = (await feedOf(sandbox, 'service-alerts')).entity.map(({ alert }) => alert);
    expect(alerts).toHaveLength(3);
    for (const alert of alerts) expect(alert?.header_text.translation).toHaveLength(2);
  });

  it('tell times that fit the schedule: noon less twelve hours, plus start and delay', async () => {
    const { entity } = await feedOf(await start({ date }), 'trip-updates');
    const noon = Date.parse(`${date}T12:00:00${offset}`);
    for (const { trip_update } of entity) {
      const departure = trip_update?.stop_time_update?.[0]?.departure;
      if (!trip_update || !departure) continue;
      const [hours = 0, minutes = 0, seconds = 0] = trip_update.trip.start_time.split(':').map(Number);
      const scheduled = noon / 1_000 - 12 * 3_600 + hours * 3_600 + minutes * 60 + seconds;
      expect(departure.time).toBe(scheduled + departure.delay);
    }
  });
});

async function directoryWith(names: readonly string[]): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sandbox-realtime-'));
  const directory = join(dataDirectory, 'gtfs-realtime');
  await mkdir(directory);
  await Promise.all(names.map((name) => writeFile(join(directory, name), `bytes of ${name}`)));
  return dataDirectory;
}

describe('files', () => {
  it('are served byte for byte, and a feed without a file has no entities and no time', async () => {
    const sandbox = await start({ dataDirectory: await directoryWith(['trip-updates.pb']) });
    expect(sandbox.modes.get('gtfs-realtime')).toBe('files');
    expect((await body(await get(sandbox, 'trip-updates'))).toString()).toBe('bytes of trip-updates.pb');
    const empty = await feedOf(sandbox, 'service-alerts');
    expect([empty.entity ?? [], empty.header.timestamp]).toEqual([[], undefined]);
  });

  it.each([[[]], [['trip-updates.pb', 'notes.txt']]])('are refused when they are %j', async (names) => {
    const dataDirectory = await directoryWith(names);
    await expect(start({ dataDirectory })).rejects.toThrow('to hold some of trip-updates.pb');
  });
});

describe.skipIf(!existsSync('../shared/data'))('the published contract (needs ../shared/data)', () => {
  const specifications = ['gtfs-rt/gtfs-realtime.proto', 'gtfs-rt/transportvic2/ptv-gtfsr.proto'];

  it.each(specifications.flatMap((file) => feeds.map((feed) => [file, feed])))('%s reads %s', async (file, feed) => {
    const source = await readFile(`../shared/data/${file}`, 'utf8');
    const type = protobuf.parse(source, { keepCase: true }).root.lookupType('transit_realtime.FeedMessage');
    const bytes = await body(await get(await start(), feed));
    const read = decode(bytes, type);
    expect(type.verify(type.toObject(type.decode(bytes)))).toBeNull();
    expect(read.entity).toEqual(decode(bytes).entity);
    expect(read.entity.length).toBeGreaterThan(0);
  });

  it.each(feeds)('%s lies at the address of the OpenAPI file', async (feed) => {
    const text = await readFile(`../shared/data/gtfs-rt/transport-vic-specs/metro-train/${feed}.openapi.json`, 'utf8');
    const contract = JSON.parse(text) as {
      servers: { url: string }[];
      paths: Record<string, { get: { responses: object } }>;
    };
    const address = `${new URL(contract.servers[0]?.url ?? '').pathname}/${feed}`;
    expect(address).toBe(root + feed);
    const { status } = await get(await start(), feed);
    expect(Object.keys(contract.paths[`/${feed}`]?.get.responses ?? {})).toContain(String(status));
  });
});
