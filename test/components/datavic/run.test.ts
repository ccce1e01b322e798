import { existsSync } from 'node:fs';
import { component } from 'signalbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  datavicDiscovery,
  monthlyPatronagePackage,
  patronageMonthly,
  stationPatronageAnnual,
  stationPatronagePackage,
} from '../../../components/datavic/index.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type AttemptResult, type Bench, openBench } from '../attempt.ts';
import { type CkanTable, readCsv, servePackages, serveTable } from './ckan.ts';

const files = '../shared/data/datavic';
const discovery = datavicDiscovery({
  id: 'datavic-discovery',
  packages: [stationPatronagePackage, monthlyPatronagePackage],
});
const schedule = component({ id: 'gtfs-schedule', run: async () => ({}) });
const stations = stationPatronageAnnual({ id: 'stations', dependsOn: { discovery, schedule } });
const monthly = patronageMonthly({ id: 'monthly', dependsOn: { discovery, schedule } });

let origin: Origin;
let bench: Bench;

beforeEach(async () => {
  origin = await startOrigin();
  bench = await openBench();
});

afterEach(async () => {
  await origin.close();
  await bench.close();
});

function tableOf(rows: number): CkanTable {
  const records = Array.from({ length: rows }, (_, index) => ({ Year: '2026', Pax_daily: String(index * 50) }));
  return { headings: ['Year', 'Pax_daily'], records };
}

function attempt(of: typeof monthly, resourceId = 'resource-of-this-year'): Promise<AttemptResult> {
  const packages = Object.fromEntries(
    [stationPatronagePackage, monthlyPatronagePackage].map((name) => [name, { resourceId }]),
  );
  return bench.attempt({
    component: of,
    upstreams: [discovery, schedule],
    baseUrl: origin.url,
    inputs: { discovery: { packages }, schedule: {} },
  });
}

function attemptDiscovery(): Promise<AttemptResult> {
  return bench.attempt({ component: discovery, baseUrl: origin.url });
}

function succeeded({ outcome }: AttemptResult) {
  if (outcome.status !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe('datavicDiscovery', () => {
  const newest = { id: 'new', last_modified: '2026-05-01T00:00:00.000000' };
  const older = { id: 'old', last_modified: '2025-05-01T00:00:00.000000' };

  it('finds the newest release of each package and lists what there is', async () => {
    servePackages(origin, { [stationPatronagePackage]: [newest, older], [monthlyPatronagePackage]: [{ id: 'only' }] });
    const result = await attemptDiscovery();
    expect(succeeded(result).output).toEqual({
      packages: { [stationPatronagePackage]: { resourceId: 'new' }, [monthlyPatronagePackage]: { resourceId: 'only' } },
    });
    expect(await result.rows('datavic_resources')).toMatchObject([
      { package: stationPatronagePackage, resource_id: 'new', newest: true, last_modified: new Date('2026-05-01Z') },
      { package: stationPatronagePackage, resource_id: 'old', newest: false },
      { package: monthlyPatronagePackage, resource_id: 'only', newest: true, last_modified: null },
    ]);
  });

  it('has equal evidence and digests when a description or the host moved, others when a release came', async () => {
    const packages = { [stationPatronagePackage]: [older], [monthlyPatronagePackage]: [{ id: 'only' }] };
    servePackages(origin, packages);
    const first = succeeded(await attemptDiscovery());
    await origin.close();
    origin = await startOrigin();
    servePackages(origin, packages, '2026-09-09T09:09:09');
    const second = succeeded(await attemptDiscovery());
    servePackages(origin, { ...packages, [stationPatronagePackage]: [older, newest] });
    const third = succeeded(await attemptDiscovery());
    const digests = ({ evidence, datasets, output }: typeof first) => ({
      evidence: evidence.map(({ parts }) => parts.map(({ digest }) => digest)),
      datasets: datasets.map(({ digest }) => digest),
      output,
    });
    expect(digests(second)).toEqual(digests(first));
    expect(digests(third).evidence[0]).not.toEqual(digests(first).evidence[0]);
    expect(digests(third).evidence[1]).toEqual(digests(first).evidence[1]);
  });

  it('fails as the source, for good, when a package is not found', async () => {
    servePackages(origin, { [stationPatronagePackage]: [newest] });
    const { outcome } = await attemptDiscovery();
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: {
        class: 'source',
        message: `expected package ${monthlyPatronagePackage}, got CKAN's Not Found Error: Not found`,
        retryable: false,
      },
    });
  });
});

describe('patronage', () => {
  it('pages to the total through a limit that the server cuts in silence', async () => {
    serveTable(origin, 'resource-of-this-year', tableOf(2_503), { cap: 1_000 });
    const result = await attempt(monthly);
    expect(succeeded(result).output).toEqual({ rows: 2_503 });
    expect(origin.requests.map(({ query }) => query.get('offset'))).toEqual(['0', '1000', '2000']);
    const rows = await result.rows('patronage_monthly');
    expect(rows).toHaveLength(2_503);
    expect(rows.at(-1)).toEqual({ year: 2026n, pax_daily: 125_100n });
  });

  it('asks for no page after the total, also where the last page is full', async () => {
    serveTable(origin, 'resource-of-this-year', tableOf(2_000), { cap: 1_000 });
    succeeded(await attempt(monthly));
    expect(origin.requests).toHaveLength(2);
  });

  it('publishes a table without rows', async () => {
    serveTable(origin, 'resource-of-this-year', tableOf(0));
    const result = await attempt(monthly);
    expect(succeeded(result).output).toEqual({ rows: 0 });
    expect(await result.rows('patronage_monthly')).toEqual([]);
  });

  it('reads the release that the discovery found, and is unchanged by its new id', async () => {
    serveTable(origin, 'resource-of-last-year', tableOf(3));
    const last = succeeded(await attempt(monthly, 'resource-of-last-year'));
    serveTable(origin, 'resource-of-this-year', tableOf(3));
    const now = succeeded(await attempt(monthly));
    const digests = ({ evidence, datasets }: typeof last) => [evidence[0]?.parts[0]?.digest, datasets[0]?.digest];
    expect(digests(now)).toEqual(digests(last));
    expect(now.evidence[0]?.parts[0]?.sha256).not.toBe(last.evidence[0]?.parts[0]?.sha256);
  });

  it('fails as the source on a page without rows before the total', async () => {
    origin.route('/api/3/action/datastore_search', ({ query }) => {
      const records = query.get('offset') === '0' ? [{ _id: 1, Year: '2026' }] : [];
      const result = { fields: [{ id: '_id' }, { id: 'Year' }], records, total: 5, limit: 3 };
      return { body: JSON.stringify({ success: true, result }) };
    });
    const { outcome } = await attempt(monthly);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { class: 'source', message: expect.stringContaining('expected 5 rows, the total, got 1 in 2 pages') },
    });
  });

  it('fails as the source when the resource is gone', async () => {
    serveTable(origin, 'resource-of-this-year', tableOf(1));
    const { outcome } = await attempt(monthly, 'resource-of-last-year');
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { class: 'source', message: expect.stringContaining('Not Found Error'), retryable: false },
    });
    expect(JSON.stringify(outcome)).toContain('run the discovery again');
  });

  it('says how to mend a package that the discovery does not know', async () => {
    const other = patronageMonthly({ id: 'monthly', package: 'another', dependsOn: { discovery, schedule } });
    const { outcome } = await attempt(other);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { hint: expect.stringContaining("Add 'another' to `packages`"), retryable: false },
    });
    expect(origin.requests).toEqual([]);
  });

  it('warns of blank rows', async () => {
    const { headings, records } = tableOf(2);
    serveTable(origin, 'resource-of-this-year', { headings, records: [...records, { Year: '', Pax_daily: ' ' }] });
    expect(succeeded(await attempt(monthly))).toMatchObject({
      output: { rows: 2 },
      warnings: [{ code: 'blank_rows', count: 1 }],
    });
  });
});

describe.skipIf(!existsSync(files))('patronage on real files (needs ../shared/data)', () => {
  const monthlyFile = 'monthly_average_patronage_by_day_type_and_by_mode.csv';

  it('publishes the 222 stations of 2023-24', async () => {
    const table = readCsv(`${files}/skritzz-2025-10/annual_metropolitan_train_station_entries_fy_2023_2024.csv`);
    serveTable(origin, 'resource-of-this-year', table, { cap: 100 });
    const result = await attempt(stations);
    expect(succeeded(result).output).toEqual({ rows: 222 });
    const rows = await result.rows('station_patronage_annual');
    expect(rows).toHaveLength(222);
    expect(rows[0]).toMatchObject({
      fin_year: 'FY23-24',
      stop_id: 19_829n,
      stop_lat: -38.35403334,
      pax_annual: 3_600n,
    });
  });

  it.each([
    ['skritzz-2025-10', 4_065],
    ['tanulg3-2025-06', 3_815],
  ])('publishes the monthly averages of %s: %i rows', async (folder, count) => {
    serveTable(origin, 'resource-of-this-year', readCsv(`${files}/${folder}/${monthlyFile}`), { cap: 1_000 });
    const result = await attempt(monthly);
    expect(succeeded(result).output).toEqual({ rows: count });
    expect(await result.rows('patronage_monthly')).toHaveLength(count);
  });
});
