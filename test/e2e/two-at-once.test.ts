import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { smallFeed, zipBytes } from '../components/gtfs/feed.ts';
import { factsOnDisk, parquetFiles, readManifest } from '../harness/e2e-manifest.ts';
import { moment } from '../harness/e2e-moment.ts';
import { type EndToEndOptions, type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';

const opened: { remove(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.remove();
});

async function openProject(options: EndToEndOptions): Promise<EndToEndProject> {
  const project = await endToEndProject(options);
  opened.push(project);
  return project;
}

async function openOrigin(): Promise<Origin> {
  const origin = await startOrigin();
  opened.push({ remove: () => origin.close() });
  return origin;
}

/** A project whose one DAG reads a feed and a list from the origin. */
async function projectOn(origin: Origin): Promise<EndToEndProject> {
  const env = { SIGNALBOX_ALLOW_HOSTS: `${origin.host}:${origin.port}` };
  const project = await openProject({ project: 'author', env });
  project.write(
    'dags/shared.ts',
    `import { component, defineDag } from 'signalbox';
import { gtfsSchedule } from '${join(projectRoot, 'components/gtfs/index.ts')}';

const schedule = gtfsSchedule({ id: 'schedule', baseUrl: '${origin.url}', path: '/gtfs.zip', retries: 0 });
const list = component({
  id: 'list', dependsOn: { schedule }, baseUrl: '${origin.url}', retries: 0,
  sources: ({ baseUrl }) => [{ kind: 'http', id: 'list', request: { url: baseUrl + '/list' } }],
  run: async ({ source, sql }) => {
    const { parts } = await source('list');
    const database = await sql();
    await database.stageRows('lists', [{ name: 'bytes', type: 'BIGINT' }], [[parts[0]?.bytes]]);
    return parts.length;
  },
});
export default defineDag({ id: 'shared', components: [schedule, list] });
`,
  );
  return project;
}

/** How often each path was answered with each status: 200 sends the content, 304 only says that it is the same. */
async function serve(origin: Origin, path: string, body: string | Uint8Array): Promise<Record<number, number>> {
  const answered: Record<number, number> = { 200: 0, 304: 0 };
  const etag = '"one"';
  origin.route(path, ({ headers }) => {
    const status = headers['if-none-match'] === etag ? 304 : 200;
    answered[status] = (answered[status] ?? 0) + 1;
    return { status, headers: { etag }, ...(status === 200 ? { body } : {}) };
  });
  return answered;
}

/** Nothing is lost and nothing doubled: one version of each dataset, whole, and no other file. */
async function expectPublishedOnce(project: EndToEndProject, environment: string): Promise<void> {
  const manifest = await readManifest(project, environment);
  const datasets = manifest.map(({ dataset }) => dataset);
  expect(datasets.toSorted()).toEqual([...new Set(datasets)].toSorted());
  expect(parquetFiles(project, environment)).toEqual(manifest.map(({ path }) => path).toSorted());
  for (const row of manifest) {
    expect(factsOnDisk(row), row.dataset).toEqual({ bytes: row.bytes, sha256: row.sha256, latest: row.id });
  }
}

/** Component → how its runs ended, in the order of words. */
async function endsOf(project: EndToEndProject): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows = await project.rows<{ component: string; ends: string[] }>(
    'select component, array_agg(status order by status) as ends from component_run group by component',
  );
  return Object.fromEntries(rows.map(({ component, ends }) => [component, ends]));
}

describe('two runs of one DAG at once', { timeout: 120_000 }, () => {
  it('on a fresh home: both succeed, and each component ran and published once', async () => {
    const project = await openProject({ project: 'checkout', env: { SIGNALBOX_SANDBOX_DATE: '2026-03-02' } });
    const exits = await Promise.all([project.run(['--dag', 'transit']), project.run(['--dag', 'transit'])]);
    expect(exits.map(({ exit, summary }) => [exit.code, summary.status])).toEqual([
      [0, 'success'],
      [0, 'success'],
    ]);
    const ends = await endsOf(project);
    expect(Object.keys(ends)).toHaveLength(6);
    for (const [component, statuses] of Object.entries(ends)) {
      expect(statuses, component).toEqual(['success', 'unchanged']);
    }
    expect(await project.rows('select id from attempt')).toHaveLength(6);
    expect(await project.rows('select dataset from dataset_version')).toHaveLength(26);
    await expectPublishedOnce(project, 'sandbox');
  });

  it('against one origin: each content is sent once', async () => {
    const origin = await openOrigin();
    const project = await projectOn(origin);
    const feed = await serve(origin, '/gtfs.zip', await zipBytes(smallFeed));
    const list = await serve(origin, '/list', '[1,2,3]');
    const dev = ['--dag', 'shared', '--env', 'dev'];
    const runs = await Promise.all([project.run(dev), project.run(dev)]);
    expect(runs.map(({ exit }) => exit.code)).toEqual([0, 0]);
    expect({ feed, list }).toEqual({ feed: { 200: 1, 304: 1 }, list: { 200: 1, 304: 1 } });
    expect(await endsOf(project)).toEqual({ schedule: ['success', 'unchanged'], list: ['success', 'unchanged'] });
    await expectPublishedOnce(project, 'dev');
  });

  it('with --no-wait the second one leaves at once with 75, and leaves no trace in the data', async () => {
    const origin = await openOrigin();
    const project = await projectOn(origin);
    const asked = moment();
    const released = moment();
    await serve(origin, '/list', '[1,2,3]');
    const body = await zipBytes(smallFeed);
    origin.route('/gtfs.zip', async () => {
      asked.reach();
      await released.reached;
      return { body };
    });
    const dev = ['--dag', 'shared', '--env', 'dev'];
    const first = project.run(dev);
    await asked.reached;
    const second = await project.run([...dev, '--no-wait']);
    expect(second.exit.code).toBe(75);
    expect(second.summary).toMatchObject({ status: 'cancelled', reason: 'busy' });
    expect(origin.requests).toHaveLength(1);
    released.reach();
    const { exit, summary } = await first;
    expect(exit.code).toBe(0);
    expect(second.summary.heldBy).toEqual({ schedule: summary.runId, list: summary.runId });
    expect(await endsOf(project)).toEqual({ schedule: ['cancelled', 'success'], list: ['cancelled', 'success'] });
    await expectPublishedOnce(project, 'dev');
  });
});
