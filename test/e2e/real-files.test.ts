import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCsvFile, countGtfs, countRealtime } from '../harness/e2e-count-sources.ts';
import { newestOf } from '../harness/e2e-manifest.ts';
import { type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';
import { countBy, readParquet } from '../harness/e2e-read-parquet.ts';

const data = '../shared/sandbox-data';
const proto = '../shared/data/gtfs-rt/gtfs-realtime.proto';
const day = { SIGNALBOX_SANDBOX_DATE: '2026-03-02' };
const monthlyFile =
  'datavic/monthly-average-patronage-by-day-type-and-by-mode/monthly_average_patronage_by_day_type_and_by_mode.csv';
const stationFile =
  'datavic/annual-metropolitan-train-station-patronage-station-entries/annual_metropolitan_train_station_entries_fy_2023_2024.csv';

let project: EndToEndProject;

beforeAll(async () => {
  project = await endToEndProject({ project: 'checkout', env: day, holdServer: true });
});
afterAll(() => project.remove());

const on = (name: string, ...more: string[]) => ['--dag', 'transit', '--sandbox-data', `${data}/${name}`, ...more];

/** The file of a dataset's newest version. */
async function fileOf(dataset: string): Promise<string> {
  const version = (await newestOf(project)).get(dataset);
  if (!version) throw new Error(`${dataset} was never published`);
  return version.file;
}

const feedOf = (folder: string) => `${data}/victoria/gtfs-schedule/${folder}/google_transit.zip`;
const rowsOf = async (dataset: string) => (await readParquet(await fileOf(dataset))).length;
const foldersOf = async (table: string) => countBy(await fileOf(`gtfs_${table}`), 'folder');

const isMissing = !(existsSync(data) && existsSync(proto));

describe.skipIf(isMissing)('real files, one after another (needs ../shared)', { timeout: 120_000 }, () => {
  it('victoria: says which sources are files, and which are generated', async () => {
    const { code, stdout } = await project.engine(['run', ...on('victoria')]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const sources =
      'gtfs-schedule from files, gtfs-realtime from files, ptv-timetable generated data, datavic from files';
    expect(stdout).toMatch(new RegExp(`^transit in sandbox, ${sources}: success in `));
    expect(stdout).toContain('6 success');
  });

  it('victoria: the timetable, folder by folder, as an independent reader counts it', async () => {
    const sources = { 10: await countGtfs(feedOf('10')), 11: await countGtfs(feedOf('11')) };
    const counts: Record<string, Readonly<Record<string, number>>> = {};
    for (const table of ['stop_times', 'shapes', 'trips', 'stops', 'routes', 'calendar', 'calendar_dates', 'agency']) {
      counts[table] = await foldersOf(table);
      expect(counts[table], table).toEqual({ 10: sources[10][table], 11: sources[11][table] });
    }
    expect(counts).toMatchObject({
      stop_times: { 10: 280, 11: 6_008 },
      shapes: { 10: 109_803, 11: 7_381 },
      trips: { 11: 1_458 },
      stops: { 11: 34 },
    });
  });

  it('victoria: patronage', async () => {
    const published = {
      stations: await rowsOf('station_patronage_annual'),
      monthly: await rowsOf('patronage_monthly'),
    };
    expect(published).toEqual({ stations: 222, monthly: 4_065 });
    expect(countCsvFile(`${data}/victoria/${stationFile}`)).toBe(published.stations);
    expect(countCsvFile(`${data}/victoria/${monthlyFile}`)).toBe(published.monthly);
  });

  it('victoria: live positions', async () => {
    const count = (feed: string) => countRealtime(proto, `${data}/victoria/gtfs-realtime/${feed}.pb`);
    const published = {
      tripUpdates: await rowsOf('gtfs_rt_trip_updates'),
      stopUpdates: await rowsOf('gtfs_rt_stop_time_updates'),
      vehicles: await rowsOf('gtfs_rt_vehicle_positions'),
      alerts: await rowsOf('gtfs_rt_alerts'),
    };
    expect(published).toEqual({ tripUpdates: 91, stopUpdates: 1_060, vehicles: 14, alerts: 1 });
    expect(count('trip-updates')).toMatchObject({ tripUpdates: 91, stopUpdates: 1_060 });
    expect(count('vehicle-positions').vehicles).toBe(published.vehicles);
    expect(count('service-alerts').alerts).toBe(published.alerts);
  });

  it('victoria-older: the same timetable is left alone, the older patronage is published', async () => {
    const { exit, summary, statuses, reasons } = await project.run(on('victoria-older'));
    expect(exit.code).toBe(0);
    expect(summary.sandbox).toEqual({
      'gtfs-schedule': 'files',
      'gtfs-realtime': 'generated',
      'ptv-timetable': 'generated',
      datavic: 'files',
    });
    expect(statuses).toMatchObject({
      'gtfs-schedule': 'unchanged',
      'gtfs-realtime': 'success',
      'ptv-timetable': 'unchanged',
      'patronage-monthly': 'success',
    });
    expect(reasons['gtfs-realtime']).toBe('source_changed');
    expect(await rowsOf('patronage_monthly')).toBe(3_815);
    expect(countCsvFile(`${data}/victoria-older/${monthlyFile}`)).toBe(3_815);
    expect(await rowsOf('station_patronage_annual')).toBe(222);
  });

  it('new-york: a feed of 446,924 stop times', async () => {
    const { exit, statuses } = await project.run(on('new-york', '--component', 'gtfs-schedule'));
    expect({ code: exit.code, status: statuses['gtfs-schedule'] }).toEqual({ code: 0, status: 'success' });
    const source = await countGtfs(`${data}/new-york/gtfs-schedule/gtfs.zip`);
    expect(source.stop_times).toBe(446_924);
    for (const table of ['stop_times', 'trips', 'stops', 'shapes']) {
      expect(await foldersOf(table), table).toEqual({ feed: source[table] });
    }
  });

  it('bart-older, then bart: only what moved runs', async () => {
    const components = ['--component', 'gtfs-schedule,gtfs-realtime,datavic-discovery'];
    const older = await project.run(on('bart-older', ...components));
    expect(older.exit.code).toBe(0);
    const { exit, summary, statuses, reasons } = await project.run(on('bart', ...components));
    expect(exit.code).toBe(0);
    // The portal is the generated one both times.
    expect(summary.counts).toEqual({ success: 2, unchanged: 1, skipped: 3 });
    expect(statuses['datavic-discovery']).toBe('unchanged');
    expect(reasons).toMatchObject({ 'gtfs-schedule': 'source_changed', 'gtfs-realtime': 'upstream_changed' });
    const source = await countGtfs(`${data}/bart/gtfs-schedule/gtfs.zip`);
    for (const table of ['stop_times', 'trips', 'stops']) {
      expect(await foldersOf(table), table).toEqual({ feed: source[table] });
    }
    const live = countRealtime(proto, `${data}/bart/gtfs-realtime/trip-updates.pb`);
    expect(await rowsOf('gtfs_rt_trip_updates')).toBe(live.tripUpdates);
  });

  it('empty: feeds without an entity are a success, and versions of no rows', async () => {
    const { exit, summary, statuses } = await project.run(on('empty', '--component', 'gtfs-realtime'));
    expect({ code: exit.code, status: statuses['gtfs-realtime'] }).toEqual({ code: 0, status: 'success' });
    expect(summary.counts).toEqual({ success: 1, skipped: 5 });
    for (const dataset of ['gtfs_rt_trip_updates', 'gtfs_rt_vehicle_positions', 'gtfs_rt_alerts']) {
      expect(await rowsOf(dataset), dataset).toBe(0);
    }
  });

  it('a folder with an unknown name, or with nothing of ours, ends with 2 and prints the shape', async () => {
    mkdirSync(join(project.home, 'misspelt', 'gtfs-shedule'), { recursive: true });
    mkdirSync(join(project.home, 'nothing'));
    for (const [name, problem] of [
      ['misspelt', 'unknown name in .*misspelt: `gtfs-shedule`'],
      ['nothing', 'nothing to serve in .*nothing'],
    ] as const) {
      const args = ['run', '--dag', 'transit', '--sandbox-data', join(project.home, name)];
      const { code, stdout, stderr } = await project.engine(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(problem));
      for (const part of ['gtfs-schedule/', 'gtfs-realtime/', 'ptv-timetable/', 'datavic/']) {
        expect(stderr).toContain(`\n  ${part}\n`);
      }
    }
  });
});
