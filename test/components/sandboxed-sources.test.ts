import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ComponentHandle, Json } from 'signalbox';
import { component } from 'signalbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  datavicDiscovery,
  monthlyPatronagePackage,
  patronageMonthly,
  stationPatronageAnnual,
  stationPatronagePackage,
} from '../../components/datavic/index.ts';
import { datavicSandbox } from '../../components/datavic/sandbox.ts';
import { gtfsSandbox } from '../../components/gtfs/sandbox.ts';
import { gtfsRealtime } from '../../components/gtfs-realtime/index.ts';
import { realtimeSandbox } from '../../components/gtfs-realtime/sandbox.ts';
import { ptvTimetable } from '../../components/ptv/index.ts';
import { ptvSandbox } from '../../components/ptv/sandbox.ts';
import { type Sandbox, startSandbox } from '../../components/sandbox/server.ts';
import { type Bench, openBench } from './attempt.ts';

const real = '../shared/sandbox-data';
const parts = [gtfsSandbox, realtimeSandbox, ptvSandbox, datavicSandbox];
const schedule = component({ id: 'gtfs-schedule', run: async () => ({}) });
const discovery = datavicDiscovery({ id: 'discovery', packages: [stationPatronagePackage, monthlyPatronagePackage] });
const sources = [
  [gtfsRealtime({ id: 'gtfs-realtime' }), realtimeSandbox],
  [ptvTimetable({ id: 'ptv-timetable' }), ptvSandbox],
  [discovery, datavicSandbox],
  [stationPatronageAnnual({ id: 'stations', dependsOn: { discovery, schedule } }), datavicSandbox],
  [patronageMonthly({ id: 'monthly', dependsOn: { discovery, schedule } }), datavicSandbox],
] as const;

let bench: Bench;
let sandbox: Sandbox | undefined;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(async () => {
  await sandbox?.close();
  await bench.close();
});

/** Runs the five components one after another and returns dataset → its staged version. */
async function ingest(options: { readonly date?: string; readonly dataDirectory?: string }) {
  await sandbox?.close();
  sandbox = await startSandbox({ parts, seed: 1, date: '2026-11-20', ...options });
  const inputs: Record<string, Json> = { schedule: {} };
  const datasets = new Map<string, { readonly rows: number; readonly digest: string }>();
  for (const [handle, part] of sources) {
    const { outcome } = await attempt(handle, part, sandbox.baseUrl(part.name), inputs);
    if (outcome.status !== 'success') throw new Error(`${handle.id}: ${JSON.stringify(outcome)}`);
    if (handle === discovery) inputs.discovery = outcome.output;
    for (const { dataset, rows, digest } of outcome.datasets) datasets.set(dataset, { rows, digest });
  }
  return datasets;
}

function attempt(
  handle: ComponentHandle,
  { secrets = {} }: (typeof parts)[number],
  baseUrl: string,
  inputs: Readonly<Record<string, Json>>,
) {
  const upstreams = handle.id === 'stations' || handle.id === 'monthly' ? [discovery, schedule] : [];
  return bench.attempt({ component: handle, upstreams, baseUrl, secrets, inputs });
}

/** Dataset → rows, from a folder of real files. */
async function rowsOf(name: string): Promise<Readonly<Record<string, number>>> {
  const datasets = await ingest({ dataDirectory: resolve(real, name) });
  return Object.fromEntries([...datasets].map(([dataset, { rows }]) => [dataset, rows]));
}

describe('the sources against their sandbox', () => {
  it('all succeed, twice with equal digests on another port, and differ the next day', async () => {
    const first = await ingest({});
    const again = await ingest({});
    const tomorrow = await ingest({ date: '2026-11-21' });
    expect([...first.keys()]).toHaveLength(15);
    for (const dataset of ['gtfs_rt_stop_time_updates', 'ptv_routes', 'ptv_disruptions', 'patronage_monthly']) {
      expect(first.get(dataset)?.rows, dataset).toBeGreaterThan(0);
    }
    expect(again).toEqual(first);
    expect(tomorrow.get('gtfs_rt_trip_updates')).not.toEqual(first.get('gtfs_rt_trip_updates'));
  });
});

describe.skipIf(!existsSync(real))(
  'the sources against real files in the sandbox (needs ../shared/sandbox-data)',
  () => {
    it('victoria: 91 trip updates, 1,060 stops of them, 14 vehicles, 1 alert, 222 stations, 4,065 months', async () => {
      expect(await rowsOf('victoria')).toMatchObject({
        gtfs_rt_trip_updates: 91,
        gtfs_rt_stop_time_updates: 1_060,
        gtfs_rt_vehicle_positions: 14,
        gtfs_rt_alerts: 1,
        station_patronage_annual: 222,
        patronage_monthly: 4_065,
      });
    });

    it('victoria-older: 3,815 months', async () => {
      expect(await rowsOf('victoria-older')).toMatchObject({ station_patronage_annual: 222, patronage_monthly: 3_815 });
    });

    it('empty: three feeds in which nothing happens', async () => {
      expect(await rowsOf('empty')).toMatchObject({
        gtfs_rt_trip_updates: 0,
        gtfs_rt_vehicle_positions: 0,
        gtfs_rt_alerts: 0,
      });
    });
  },
);
