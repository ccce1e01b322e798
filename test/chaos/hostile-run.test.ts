import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkInvariants } from '../../state/invariants/check-invariants.ts';
import { openRunRig, type RigRunOptions, type RunRig, statusesOf } from '../harness/run-rig.ts';
import hostileDag from './fixtures/hostile.ts';
import { hostileSecrets } from './hostile/clients.ts';
import type { Fault } from './hostile/fault.ts';
import { faultsByPlace } from './hostile/faults.ts';
import { type HostileOrigin, type HostilePlace, startHostileOrigin } from './hostile/origin.ts';

let rig: RunRig;
let origin: HostileOrigin;
let place: HostilePlace;
let client: Client;

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startHostileOrigin();
  place = origin.open(() => undefined);
  client = new Client({ connectionString: rig.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await rig.close();
  await origin.close();
});

const faults = Object.values(faultsByPlace).flat();

function run(options: RigRunOptions = {}) {
  const allowHosts = origin.ports.map((port) => `${origin.host}:${port}`);
  const network = { kind: 'public', allowHosts } as const;
  return rig.run(hostileDag, { origin: { baseUrl: place.baseUrl, network }, secrets: hostileSecrets, ...options });
}

const published = async () =>
  (await client.query<{ path: string }>('select path from signalbox.dataset_version order by path')).rows;

/** Nothing that must not be, in rows, processes and files; and no body that is not whole. */
async function expectNothingWrong() {
  const storage = [{ environment: 'sandbox', storageRoot: rig.storageRoot }];
  expect(await checkInvariants(client, { storage })).toEqual([]);
  const files = readdirSync(rig.storageRoot, { recursive: true, encoding: 'utf8' });
  expect(files.filter((path) => path.endsWith('.part'))).toEqual([]);
}

it('runs against sources that fail publish nothing, leave nothing, and the run after that succeeds', async () => {
  place.heal();
  expect(new Set(Object.values(statusesOf(await run())))).toEqual(new Set(['success']));
  const before = await published();
  expect(before.length).toBeGreaterThan(10);

  for (const sends of [
    'half of a body, then a reset',
    'a page to sign in, with 200',
    'a zip that promises less than it unpacks to',
    '429 with a Retry-After in the year 9999',
  ]) {
    place.harm((faults.find((fault) => fault.sends === sends) as Fault).play);
    const summary = await run({ forced: true });
    expect(statusesOf(summary), sends).toMatchObject({
      gtfs: 'failed',
      'gtfs-realtime': 'failed',
      ptv: 'failed',
      'datavic-discovery': 'failed',
      'datavic-rows': 'upstream_failed',
      ckan: 'failed',
    });
    expect(new Set(summary.components.flatMap(({ failure }) => failure?.class ?? [])), sends).toEqual(
      new Set(['source']),
    );
    expect(await published(), sends).toEqual(before);
    await expectNothingWrong();
  }

  place.heal();
  expect(new Set(Object.values(statusesOf(await run({ forced: true }))))).toEqual(new Set(['success']));
  expect((await published()).length).toBe(before.length * 2);
  await expectNothingWrong();
}, 60_000);
