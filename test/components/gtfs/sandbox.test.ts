import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gtfsSandbox } from '../../../components/gtfs/sandbox.ts';
import { type Sandbox, startSandbox } from '../../../components/sandbox/server.ts';
import { rowsOf, unzip, unzipNested } from './sandbox-reading.ts';

const livePath =
  '/dataset/3f4e292e-7f8a-4ffe-831f-1953be0fe448/resource/fb152201-859f-4882-9206-b768060b50ad/download/gtfs.zip';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function request(options: {
  date?: string;
  seed?: number;
  dataDirectory?: string;
  headers?: Record<string, string>;
}) {
  const { headers = {}, date = '2026-11-20', seed = 1, ...rest } = options;
  const sandbox = await startSandbox({ parts: [gtfsSandbox], date, seed, ...rest });
  open.push(sandbox);
  return fetch(sandbox.baseUrl('gtfs-schedule') + livePath, { headers });
}

async function body(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

type Tables = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

const table = (tables: Tables, folder: string, name: string) => tables.get(folder)?.get(name) ?? Buffer.alloc(0);

const stopTimeLines = (tables: Tables) => table(tables, '2', 'stop_times.txt').toString().split('\r\n');

const unique = (all: readonly string[]) => expect(new Set(all).size).toBe(all.length);

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sandbox-gtfs-'));
  for (const [name, content] of Object.entries({ ...files })) {
    const path = join(root, 'gtfs-schedule', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }
  return root;
}

let today: Tables;
let tomorrow: Tables;

const parsed = new Map<Buffer, ReturnType<typeof rowsOf>>();
const rows = (folder: string, name: string) => {
  const content = table(today, folder, name);
  const known = parsed.get(content) ?? rowsOf(content);
  parsed.set(content, known);
  return known;
};

const headerOf = (folder: string, name: string) =>
  table(today, folder, name).toString().split('\r\n', 1)[0]?.split(',');

const idsOf = (folder: string, name: string, column: string) => new Set(rows(folder, name).map((row) => row[column]));

const shared = (name: string, column: string, left: string, right: string) => {
  const others = idsOf(right, name, column);
  return [...idsOf(left, name, column)].filter((id) => others.has(id)).length;
};

describe('the generated feed', () => {
  beforeAll(async () => {
    today = await unzipNested(await body(await request({})));
    tomorrow = await unzipNested(await body(await request({ date: '2026-11-21' })));
  });

  it('is an outer zip of the numbered folders, each with only google_transit.zip', async () => {
    const outer = await unzip(await body(await request({})));
    expect([...outer.keys()]).toEqual(['1', '2', '3', '4', '5', '6', '10', '11'].map((n) => `${n}/google_transit.zip`));
  });

  it('has the same bytes for the same seed and day, and others for another seed', async () => {
    const sums = [];
    for (const seed of [1, 2, 1]) sums.push((await request({ seed })).headers.get('etag'));
    expect(sums[2]).toBe(sums[0]);
    expect(sums[1]).not.toBe(sums[0]);
  });

  it('has more than 100,000 stop times', () => {
    const count = [...today.keys()].reduce((sum, folder) => sum + rows(folder, 'stop_times.txt').length, 0);
    expect(count).toBeGreaterThan(100_000);
  });

  it('writes byte order mark and CRLF in every table but agency.txt, and quotes values, not headers', () => {
    for (const tables of today.values()) {
      for (const [name, content] of tables) {
        const text = content.toString();
        expect(text.startsWith('\uFEFF'), name).toBe(name !== 'agency.txt');
        expect(text.endsWith('\r\n'), name).toBe(name !== 'agency.txt');
        expect(text.replaceAll('\r\n', ''), name).not.toMatch(/[\r\n]/);
        const [header = '', ...lines] = text.split('\r\n').filter((line) => line !== '');
        expect(header, name).not.toContain('"');
        expect(
          lines.every((line) => /^"[^"]*"(,"[^"]*")*$/.test(line)),
          name,
        ).toBe(true);
      }
    }
  });

  it('has header sets that differ by folder', () => {
    expect(headerOf('11', 'stops.txt')).toEqual(expect.arrayContaining(['stop_code', 'platform_code']));
    expect(headerOf('10', 'stops.txt')).not.toContain('stop_code');
    expect(headerOf('10', 'trips.txt')).toContain('bikes_allowed');
    expect(headerOf('11', 'trips.txt')).not.toContain('bikes_allowed');
  });

  it('has the other habits of real exports', () => {
    expect(rows('11', 'pathways.txt')).toEqual([]);
    expect(rows('10', 'calendar_dates.txt')).toEqual([]);
    expect(rows('11', 'routes.txt').every((route) => route.route_short_name === '' && route.agency_id === '')).toBe(
      true,
    );
    expect(rows('1', 'calendar.txt').every((service) => service.start_date === service.end_date)).toBe(true);
    const stopTimes = rows('2', 'stop_times.txt');
    expect(stopTimes.some((row) => (row.arrival_time ?? '') > '25:31:00')).toBe(true);
    const ids = [...today.keys()].flatMap((folder) => rows(folder, 'trips.txt').map((trip) => trip.trip_id)).join('');
    for (const sign of '+_-.') expect(ids).toContain(sign);
    expect(rows('4', 'stops.txt').some((stop) => stop.stop_name?.endsWith(' '))).toBe(true);
  });

  it('uses the same ids in several folders with other meanings', () => {
    expect(shared('stops.txt', 'stop_id', '4', '6')).toBeGreaterThan(100);
    expect(shared('stops.txt', 'stop_id', '1', '2')).toBeGreaterThan(3);
    expect(shared('calendar.txt', 'service_id', '3', '4')).toBe(4);
    expect(shared('shapes.txt', 'shape_id', '5', '6')).toBe(12);
  });

  it.each(['1', '2', '3', '4', '5', '6', '10', '11'])(
    'has no row in folder %s that points nowhere or twice',
    (folder) => {
      const keys = (name: string, ...columns: string[]) =>
        rows(folder, name).map((row) => columns.map((c) => row[c]).join(' '));
      unique(keys('stops.txt', 'stop_id'));
      unique(keys('trips.txt', 'trip_id'));
      unique(keys('routes.txt', 'route_id'));
      unique(keys('calendar.txt', 'service_id'));
      unique(keys('stop_times.txt', 'trip_id', 'stop_sequence'));
      unique(keys('shapes.txt', 'shape_id', 'shape_pt_sequence'));
      const missing = (name: string, column: string, target: string, key: string) => {
        const known = new Set(keys(target, key));
        return rows(folder, name).filter((row) => row[column] !== '' && !known.has(row[column] ?? '')).length;
      };
      expect({
        route: missing('trips.txt', 'route_id', 'routes.txt', 'route_id'),
        service: missing('trips.txt', 'service_id', 'calendar.txt', 'service_id'),
        exception: missing('calendar_dates.txt', 'service_id', 'calendar.txt', 'service_id'),
        shape: missing('trips.txt', 'shape_id', 'shapes.txt', 'shape_id'),
        trip: missing('stop_times.txt', 'trip_id', 'trips.txt', 'trip_id'),
        stop: missing('stop_times.txt', 'stop_id', 'stops.txt', 'stop_id'),
        parent: missing('stops.txt', 'parent_station', 'stops.txt', 'stop_id'),
        walkFrom: missing('pathways.txt', 'from_stop_id', 'stops.txt', 'stop_id'),
        walkTo: missing('pathways.txt', 'to_stop_id', 'stops.txt', 'stop_id'),
        transfer: missing('transfers.txt', 'to_route_id', 'routes.txt', 'route_id'),
      }).toEqual({
        route: 0,
        service: 0,
        exception: 0,
        shape: 0,
        trip: 0,
        stop: 0,
        parent: 0,
        walkFrom: 0,
        walkTo: 0,
        transfer: 0,
      });
    },
  );

  it('changes in part from day to day: the dates that passed and came, nothing else', () => {
    const moved = [...today].flatMap(([folder, tables]) =>
      [...tables.keys()]
        .filter((name) => !table(today, folder, name).equals(table(tomorrow, folder, name)))
        .map((name) => `${folder}/${name}`),
    );
    expect(moved.filter((name) => !name.endsWith('calendar.txt')).toSorted()).toEqual([
      '1/stop_times.txt',
      '1/trips.txt',
      '10/stop_times.txt',
      '10/trips.txt',
      '2/stop_times.txt',
      '2/trips.txt',
    ]);
    const kept = new Set(stopTimeLines(today));
    expect(stopTimeLines(tomorrow).filter((line) => !kept.has(line))).toHaveLength(200);
  });
});

describe('validators', () => {
  it('are the sha256 of the bytes and the eve of the sandbox day, and bring a 304', async () => {
    const answer = await request({});
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe(
      `"${createHash('sha256')
        .update(await body(answer))
        .digest('hex')}"`,
    );
    expect(answer.headers.get('last-modified')).toBe('Thu, 19 Nov 2026 14:01:41 GMT');
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect((await request({ headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await request({ date: '2026-11-21', headers: { 'if-none-match': etag } })).status).toBe(200);
  });
});

describe('files', () => {
  it('serves one zip byte for byte, also bytes that are none, and reads it again at each request', async () => {
    const dataDirectory = await directoryWith({ 'any.zip': 'not a zip' });
    const path = join(dataDirectory, 'gtfs-schedule', 'any.zip');
    await utimes(path, 1_700_000_000, 1_700_000_000);
    const first = await request({ dataDirectory });
    expect(first.headers.get('last-modified')).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    expect(await first.text()).toBe('not a zip');
    await writeFile(path, 'another');
    expect(await (await fetch(first.url)).text()).toBe('another');
  });

  it('packs numbered folders in the order of their numbers, stored, with the same bytes each time', async () => {
    const dataDirectory = await directoryWith({ '10/google_transit.zip': 'ten', '2/google_transit.zip': 'two' });
    const first = await body(await request({ dataDirectory }));
    expect(await body(await request({ dataDirectory }))).toEqual(first);
    expect([...(await unzip(first))].map(([name, content]) => [name, content.toString()])).toEqual([
      ['2/google_transit.zip', 'two'],
      ['10/google_transit.zip', 'ten'],
    ]);
    expect(first.includes('two')).toBe(true);
    // Time and date of the first entry: midnight, 1 January 1980, whatever the machine's zone.
    expect([first.readUInt16LE(10), first.readUInt16LE(12)]).toEqual([0, 0x21]);
  });

  it.each([
    ['two zips', { 'a.zip': '', 'b.zip': '' }, 'got a.zip, b.zip'],
    ['a zip beside folders', { 'a.zip': '', '1/google_transit.zip': '' }, 'got 1, a.zip'],
    ['a folder that is no number', { 'one/google_transit.zip': '' }, 'got one'],
    ['a folder with something else', { '1/feed.zip': '' }, 'got feed.zip'],
    ['a file that is named like a folder', { '1': '' }, 'got a file'],
  ])('refuses %s', async (_, files, got) => {
    const dataDirectory = await directoryWith(files);
    await expect(request({ dataDirectory })).rejects.toThrow(got);
  });
});
