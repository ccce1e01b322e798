import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { datavicSandbox } from '../../../components/datavic/sandbox.ts';
import { gtfsSandbox } from '../../../components/gtfs/sandbox.ts';
import { realtimeSandbox } from '../../../components/gtfs-realtime/sandbox.ts';
import { ptvSandbox } from '../../../components/ptv/sandbox.ts';
import { type Sandbox, startSandbox } from '../../../components/sandbox/server.ts';
import { unzip } from '../gtfs/sandbox-reading.ts';

const root = '../shared/sandbox-data';
const parts = [gtfsSandbox, realtimeSandbox, ptvSandbox, datavicSandbox];

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(name: string): Promise<Sandbox> {
  const sandbox = await startSandbox({ parts, seed: 1, date: '2026-11-20', dataDirectory: `${root}/${name}` });
  open.push(sandbox);
  return sandbox;
}

async function bytes(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  return Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
}

describe.skipIf(!existsSync(root))('real folders (needs ../shared/sandbox-data)', () => {
  it.each([
    ['victoria', ['gtfs-schedule', 'gtfs-realtime', 'datavic']],
    ['victoria-older', ['gtfs-schedule', 'datavic']],
    ['bart', ['gtfs-schedule', 'gtfs-realtime']],
    ['bart-older', ['gtfs-schedule']],
    ['new-york', ['gtfs-schedule']],
    ['empty', ['gtfs-realtime']],
  ])('%s: files for %j, the rest generated', async (name, served) => {
    const { modes } = await start(name);
    expect([...modes].filter(([, mode]) => mode === 'files').map(([part]) => part)).toEqual(served);
    expect(modes.size).toBe(4);
  });

  it.each(['bart', 'bart-older', 'new-york'])('%s: the feed itself', async (name) => {
    const sandbox = await start(name);
    const served = await bytes(`${sandbox.baseUrl('gtfs-schedule')}/gtfs.zip`);
    expect(served.equals(await readFile(`${root}/${name}/gtfs-schedule/gtfs.zip`))).toBe(true);
  });

  it('victoria: the inner zips, as they are, packed in order', async () => {
    const sandbox = await start('victoria');
    const outer = await unzip(await bytes(`${sandbox.baseUrl('gtfs-schedule')}/gtfs.zip`));
    expect([...outer.keys()]).toEqual(['10/google_transit.zip', '11/google_transit.zip']);
    for (const [name, content] of outer) {
      expect(content.equals(await readFile(`${root}/victoria/gtfs-schedule/${name}`)), name).toBe(true);
    }
  });

  it.each([
    ['victoria', 4_065],
    ['victoria-older', 3_815],
  ])('%s: monthly patronage of %d rows, 222 stations', async (name, months) => {
    const base = `${(await start(name)).baseUrl('datavic')}/api/3/action`;
    const total = async (packageName: string) => {
      const shown = JSON.parse((await bytes(`${base}/package_show?id=${packageName}`)).toString()) as Envelope<{
        resources: { id: string }[];
      }>;
      const page = await bytes(`${base}/datastore_search?limit=5&resource_id=${shown.result.resources[0]?.id}`);
      return (JSON.parse(page.toString()) as Envelope<{ total: number }>).result.total;
    };
    expect(await total('monthly-average-patronage-by-day-type-and-by-mode')).toBe(months);
    expect(await total('annual-metropolitan-train-station-patronage-station-entries')).toBe(222);
  });

  it('empty: the feeds of 15 bytes', async () => {
    const url = `${(await start('empty')).baseUrl('gtfs-realtime')}/opendata/public-transport/gtfs/realtime/v1/metro`;
    const headers = { KeyId: realtimeSandbox.secrets?.TRANSPORT_VIC_KEY_ID ?? '' };
    expect(await bytes(`${url}/trip-updates`, headers)).toHaveLength(15);
  });
});

interface Envelope<Result> {
  readonly result: Result;
}
