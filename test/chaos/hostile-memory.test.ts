import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { type ChildRig, rigChildren } from '../harness/run-children.ts';
import hostileDag from './fixtures/hostile.ts';
import { hostileInputs, hostileSecrets } from './hostile/clients.ts';
import { crowdedFaults } from './hostile/crowded-faults.ts';
import type { ClientName, Fault } from './hostile/fault.ts';
import { faultsByPlace } from './hostile/faults.ts';
import { memoryBoundBytes } from './hostile/memory-bound.ts';
import { type HostileOrigin, startHostileOrigin } from './hostile/origin.ts';

let origin: HostileOrigin;
let rig: ChildRig;

beforeAll(async () => {
  origin = await startHostileOrigin();
  rig = await rigChildren({
    file: fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url)),
    clock: systemClock,
  });
});
afterAll(async () => {
  await rig.close();
  await origin.close();
});

const faults = Object.values(faultsByPlace).flat();
const fault = (sends: string) => faults.find((one) => one.sends === sends) as Fault;
const endless = fault('a body without end');

function attempt(
  name: ClientName,
  baseUrl: string,
  control: { readonly timeoutMs?: number; readonly graceMs?: number } = {},
) {
  return rig.attempt(name, {
    baseUrl,
    network: { kind: 'public', allowHosts: origin.ports.map((port) => `${origin.host}:${port}`) },
    params: hostileDag.components.find(({ id }) => id === name)?.params ?? {},
    secrets: hostileSecrets,
    inputs: hostileInputs,
    ...control,
  });
}

function leftovers(): readonly string[] {
  const files = readdirSync(rig.folder, { recursive: true, encoding: 'utf8' });
  return files.filter((path) => /\.part$|\/scratch\b|\/staging\b/.test(path));
}

const cases: readonly (readonly [ClientName, Fault])[] = [
  ['ptv', endless],
  ['datavic-rows', endless],
  ['gtfs-realtime', endless],
  ['record-count', endless],
  ['http', fault('gzip that unpacks to a thousand times its size')],
  ['gtfs', fault('a zip bomb: 20 MiB in 20 KiB')],
  ...crowdedFaults.map((one) => [one.clients?.[0] as ClientName, one] as const),
  // Two gigabytes come before this one ends.
  ...(process.env.TEST_DEEP ? [['gtfs', endless] as const] : []),
];

it('a body that drips for ever ends at the deadline of the attempt, and leaves nothing', async () => {
  const place = origin.open(fault('a byte now and then, for ever').play);
  // Time to hear of the deadline: who is killed leaves a temporary file, which is swept once it is stale.
  const { outcome } = await attempt('gtfs', place.baseUrl, { timeoutMs: 1_000, graceMs: 10_000 });
  expect(outcome).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
  expect(leftovers()).toEqual([]);
});

it.each(cases.map(([name, played]) => [name, played.sends, played] as const))(
  'the process of %s stays within its memory, and leaves nothing, when there comes %s',
  async (name, _sends, { play, ends, but }) => {
    const place = origin.open(play);
    const { outcome } = await attempt(name, place.baseUrl);
    const { as, says = '' } = but?.[name] ?? ends;
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { class: as, message: expect.stringContaining(says) },
      metrics: { peakRssBytes: expect.any(Number) },
    });
    expect(outcome.metrics.peakRssBytes).toBeGreaterThan(2 ** 20);
    expect(outcome.metrics.peakRssBytes).toBeLessThan(memoryBoundBytes);
    expect(leftovers()).toEqual([]);
  },
  120_000,
);
