import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datavicSandbox } from '../../components/datavic/sandbox.ts';
import { type Sandbox, startSandbox } from '../../components/sandbox/server.ts';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { smallFeed, zipBytes } from '../components/gtfs/feed.ts';
import { storedDecisions, storedEvidence } from '../harness/e2e-decisions.ts';
import { newestOf, parquetFiles, readManifest } from '../harness/e2e-manifest.ts';
import { type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';

const invalidZip = '../shared/data/gtfs-static/transitland-lib/testdata/gtfs-examples/invalid.zip';
const dev = ['--dag', 'feeds', '--env', 'dev'];

let project: EndToEndProject;
let origin: Origin;
let portal: Sandbox;

const dag = (feeds: string, datavic: string) => `import { component, defineDag } from 'signalbox';
import { datavicDiscovery } from '${join(projectRoot, 'components/datavic/index.ts')}';
import { gtfsSchedule } from '${join(projectRoot, 'components/gtfs/index.ts')}';

const schedule = gtfsSchedule({ id: 'gtfs-schedule', baseUrl: '${feeds}', path: '/gtfs.zip', retries: 0 });
const reader = component({ id: 'reader', dependsOn: { schedule }, run: async ({ inputs }) => inputs.schedule.tables });
const last = component({ id: 'last', dependsOn: { reader }, run: async () => 'ran' });
const discovery = datavicDiscovery({
  id: 'datavic-discovery', baseUrl: '${datavic}', packages: ['monthly-average-patronage-by-day-type-and-by-mode'],
});

export default defineDag({ id: 'feeds', components: [schedule, reader, last, discovery] });
`;

beforeAll(async () => {
  origin = await startOrigin();
  portal = await startSandbox({ parts: [datavicSandbox], seed: 1, date: '2026-03-02' });
  const hosts = `${origin.host}:${origin.port},${portal.host}:${portal.port}`;
  project = await endToEndProject({ project: 'author', env: { SIGNALBOX_ALLOW_HOSTS: hosts }, holdServer: true });
  project.write('dags/feeds.ts', dag(origin.url, portal.baseUrl('datavic')));
});
afterAll(async () => {
  await project.remove();
  await Promise.all([origin.close(), portal.close()]);
});

/** Serves a feed whose one stop has this name. */
async function serveFeed(stop: string): Promise<void> {
  const stops = `stop_id,stop_name,stop_lat,stop_lon\nS1,${stop},-37.5,144.5\n`;
  origin.route('/gtfs.zip', {
    headers: { 'content-type': 'application/zip' },
    body: await zipBytes({ ...smallFeed, 'stops.txt': stops }),
  });
}

async function published() {
  return {
    manifest: await readManifest(project, 'dev'),
    files: parquetFiles(project, 'dev'),
    evidence: (await storedEvidence(project, 'dev')).get('gtfs-schedule'),
  };
}

/** Runs against a feed that is no feed, and holds what every such run must leave as it was. */
async function runBroken() {
  const before = await published();
  const { exit, summary, statuses, reasons } = await project.run([...dev, '--force']);
  expect({ code: exit.code, status: summary.status, statuses }).toEqual({
    code: 1,
    status: 'failed',
    statuses: {
      'gtfs-schedule': 'failed',
      reader: 'upstream_failed',
      last: 'upstream_failed',
      'datavic-discovery': 'success',
    },
  });
  expect(reasons.reader).toBe('upstream_failed');
  const after = await published();
  expect(after.evidence).toEqual(before.evidence);
  const own = ({ manifest }: typeof before) => manifest.filter(({ component }) => component === 'gtfs-schedule');
  expect(own(after)).toEqual(own(before));
  expect(after.files).toEqual(after.manifest.map(({ path }) => path).toSorted());
  const failure = summary.components.find(({ component }) => component === 'gtfs-schedule')?.failure;
  if (!failure) throw new Error('expected a failure of gtfs-schedule');
  return { ...failure, said: `${failure.message}\n${failure.hint ?? ''}` };
}

describe('a source that sends something else', { timeout: 60_000 }, () => {
  it('at first sends a feed, which is published', async () => {
    await serveFeed('First');
    const { exit, statuses } = await project.run(dev);
    expect({ code: exit.code, statuses }).toEqual({
      code: 0,
      statuses: { 'gtfs-schedule': 'success', reader: 'success', last: 'success', 'datavic-discovery': 'success' },
    });
    expect((await newestOf(project, 'dev')).get('gtfs_stops')?.rows).toBe(1);
  });

  it('HTML with 200: the hint names what came', async () => {
    origin.route('/gtfs.zip', {
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!doctype html><title>Down for maintenance</title>',
    });
    const before = (await newestOf(project, 'dev')).get('gtfs_stops');
    const { class: blame, said } = await runBroken();
    expect(blame).toBe('source');
    expect(said).toContain('<!doctype html>');
    expect(said).toContain('text/html');
    const { stdout } = await project.engine(['data', 'path', 'gtfs_stops', '--dag', 'feeds', '--env', 'dev']);
    expect(stdout.trim()).toBe(before?.file);
  });

  it('a body cut off: the bytes expected and the bytes that came', async () => {
    const whole = await zipBytes(smallFeed);
    origin.route('/gtfs.zip', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/zip', 'content-length': whole.length });
      response.write(whole.subarray(0, 500), () => response.destroy());
      return undefined;
    });
    const { class: blame, said } = await runBroken();
    expect(blame).toBe('source');
    expect(said).toMatch(new RegExp(`\\b${whole.length.toLocaleString('en')}\\b|\\b${whole.length}\\b`));
    expect(said).toMatch(/\b500\b/);
  });

  it.skipIf(!existsSync(invalidZip))('invalid.zip (needs ../shared/data)', async () => {
    const body = readFileSync(invalidZip);
    origin.route('/gtfs.zip', { headers: { 'content-type': 'application/zip' }, body });
    const { class: blame, said } = await runBroken();
    expect(blame).toBe('source');
    expect(said).toContain('application/zip');
    expect(said).toContain(body.toString('utf8').trim().slice(0, 8));
  });

  it('a zip whose second table cannot be read publishes nothing of the first either', async () => {
    const stopTimes = `trip_id,arrival_time,departure_time,stop_id,stop_sequence\n${'T1,08:00:00,08:00:00,S1,1,too,many\n'.repeat(9)}`;
    const body = await zipBytes({ ...smallFeed, 'stop_times.txt': stopTimes });
    origin.route('/gtfs.zip', { headers: { 'content-type': 'application/zip' }, body });
    const { class: blame, said } = await runBroken();
    expect(blame).toBe('source');
    expect(said).toContain('stop_times');
  });

  it('tried again without --force it fails again: a failed import leaves no evidence behind', async () => {
    const { exit, summary, statuses } = await project.run(dev);
    expect(exit.code).toBe(1);
    expect(statuses).toMatchObject({ 'gtfs-schedule': 'failed', 'datavic-discovery': 'unchanged' });
    const decision = (await storedDecisions(project, summary.runId)).get('gtfs-schedule');
    expect(decision).toMatchObject({ verdict: 'run', reason: 'source_changed' });
  });

  it('when a feed comes again, it is published and what waited for it runs', async () => {
    await serveFeed('Second');
    const { exit, statuses, reasons } = await project.run(dev);
    expect({ code: exit.code, statuses }).toEqual({
      code: 0,
      statuses: { 'gtfs-schedule': 'success', reader: 'success', last: 'unchanged', 'datavic-discovery': 'unchanged' },
    });
    expect(reasons).toMatchObject({ 'gtfs-schedule': 'source_changed', reader: 'upstream_changed' });
  });
});
