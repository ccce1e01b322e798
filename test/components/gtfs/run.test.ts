import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gtfsSchedule } from '../../../components/gtfs/index.ts';
import { gtfsOutput } from '../../../components/gtfs/output.ts';
import { gtfsSandbox } from '../../../components/gtfs/sandbox.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type Bench, openBench } from '../attempt.ts';
import { feedWith, smallFeed, zipBytes } from './feed.ts';

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

const livePath =
  '/dataset/3f4e292e-7f8a-4ffe-831f-1953be0fe448/resource/fb152201-859f-4882-9206-b768060b50ad/download/gtfs.zip';

test('the whole schedule of Transport Victoria is asked for once, and becomes tables', async () => {
  const inner = await zipBytes(smallFeed);
  const body = await zipBytes({ '1/google_transit.zip': inner, '11/google_transit.zip': inner });
  origin.route(livePath, { headers: { 'content-type': 'application/zip' }, body });
  const component = gtfsSchedule({ id: 'gtfs-schedule' });
  const attempt = await bench.attempt({ component, baseUrl: origin.url });
  expect(attempt.outcome).toMatchObject({
    status: 'success',
    output: {
      folders: ['1', '11'],
      tables: { agency: 2, stops: 2, routes: 2, trips: 2, stop_times: 4, calendar: 2 },
      ignored: [],
      quarantined: 0,
    },
  });
  expect((await attempt.rows('gtfs_stop_times')).map((row) => [row.folder, row.departure_time])).toEqual([
    ['1', '08:00:00'],
    ['1', '25:31:00'],
    ['11', '08:00:00'],
    ['11', '25:31:00'],
  ]);
  expect(origin.requests.map(({ path }) => path)).toEqual([livePath]);
});

test('a page that says all is well in place of the feed fails and names its kind', async () => {
  origin.route('/feed.zip', { headers: { 'content-type': 'text/html' }, body: '<html><body>Back soon</body></html>' });
  const component = gtfsSchedule({ id: 'gtfs-schedule', path: '/feed.zip' });
  const { outcome } = await bench.attempt({ component, baseUrl: origin.url });
  expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'source' } });
  const { failure } = outcome as { failure: { hint: string } };
  expect(failure.hint).toContain('HTML (`<html><body>Back soon');
  expect(failure.hint).toContain('text/html');
});

test('the settings of the author reach the loader', async () => {
  const flawed = await feedWith({ 'stops.txt': 'stop_id\nS1\nS2\nS3,surplus\n' });
  origin.route('/feed.zip', { body: readFileSync(flawed) });
  const component = gtfsSchedule({ id: 'tram', path: '/feed.zip', feedName: 'tram', maxQuarantinedShare: 0.5 });
  const { outcome } = await bench.attempt({ component, baseUrl: origin.url });
  expect(outcome).toMatchObject({
    status: 'success',
    output: { folders: ['tram'], quarantined: 1 },
    quarantine: { records: 1, first: [{ dataset: 'gtfs_stops', file: 'tram/stops.txt', line: 4, raw: 'S3,surplus' }] },
  });
});

test('the feed of the sandbox is loaded without a flaw', async () => {
  const sandbox = await gtfsSandbox.open({ seed: 1, date: '2026-11-20' });
  origin.route(livePath, async ({ path }) => {
    const answer = await sandbox.handle({ method: 'GET', path, query: '', headers: {}, baseUrl: origin.url });
    return { headers: { 'content-type': 'application/zip' }, body: answer.body ?? '' };
  });
  const component = gtfsSchedule({ id: 'gtfs-schedule' });
  const { outcome } = await bench.attempt({ component, baseUrl: origin.url });
  expect(outcome).toMatchObject({ status: 'success', warnings: [], output: { ignored: [], quarantined: 0 } });
  const output = gtfsOutput.parse('output' in outcome ? outcome.output : undefined);
  expect(output.tables.stop_times).toBeGreaterThan(100_000);
  expect(output.folders).toEqual(['1', '2', '3', '4', '5', '6', '10', '11']);
});
