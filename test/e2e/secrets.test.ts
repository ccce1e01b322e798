import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';

/** With what changes its spelling in a URL, in a form and in JSON. */
const planted = {
  PLANTED_KEY: 'plänted "key" with/slash+plus&more',
  PLANTED_LINES: 'planted-first-line\nplanted-second-line',
  TRANSPORT_VIC_KEY_ID: 'planted-0f6a7c1e-key-id',
  PTV_DEVID: '3999123-planted',
  PTV_API_KEY: 'planted-9c132d31-api-key',
};

const needles = Object.values(planted)
  .flatMap((value) => value.split('\n'))
  .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
  .flatMap((value) => [Buffer.from(value), Buffer.from(value, 'latin1')]);

let project: EndToEndProject;
let origin: Origin;
/** Where redirects of the other one lead. */
let elsewhere: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  elsewhere = await startOrigin();
  const env = { SIGNALBOX_ALLOW_HOSTS: [origin, elsewhere].map(({ host, port }) => `${host}:${port}`).join() };
  project = await endToEndProject({ project: 'author', env });
  project.write('dags/transit.ts', `export { default } from '${join(projectRoot, 'dags/transit.ts')}';\n`);
  project.write('dags/leaky.ts', leaky(origin.url));
});
afterAll(async () => {
  await project.remove();
  await Promise.all([origin.close(), elsewhere.close()]);
});

/** Components that say their secrets wherever they can. */
const leaky = (url: string) => `import { component, defineDag, sourceFailure } from 'signalbox';
import { gtfsRealtime } from '${join(projectRoot, 'components/gtfs-realtime/index.ts')}';
import { ptvTimetable } from '${join(projectRoot, 'components/ptv/index.ts')}';

const own = { secrets: ['PLANTED_KEY', 'PLANTED_LINES'], retries: 0 } as const;
const talks = component({ ...own, id: 'talks', run: async ({ secrets, log, warn }) => {
  const { PLANTED_KEY: key, PLANTED_LINES: lines } = secrets;
  log.info('the key is ' + key, { key, address: 'https://a.example/?key=' + encodeURIComponent(key), nested: [{ key }] });
  console.log('printed', key, lines);
  console.error(JSON.stringify({ key, lines }));
  warn({ code: 'odd', message: 'odd: ' + key });
  return { returned: key, lines };
} });
const throws = component({ ...own, id: 'throws', run: async ({ secrets }) => {
  throw sourceFailure('refused ' + secrets.PLANTED_KEY, { hint: secrets.PLANTED_LINES, details: { key: secrets.PLANTED_KEY } },
    new Error('cause ' + secrets.PLANTED_KEY));
} });
const stray = component({ ...own, id: 'stray', run: async ({ secrets }) => {
  setImmediate(() => { throw new TypeError('stray ' + secrets.PLANTED_KEY); });
  await new Promise(() => setInterval(() => {}, 60_000));
} });
const prints = component({ ...own, id: 'prints', command: ['printenv'] });
const asks = component({ ...own, id: 'asks', baseUrl: '${url}',
  sources: ({ baseUrl, secrets }) => [
    { kind: 'http', id: 'list', request: { url: baseUrl + '/list?key=' + encodeURIComponent(secrets.PLANTED_KEY) } },
  ],
  run: async ({ source, http, baseUrl, secrets }) => {
    await source('list');
    await http.text({ url: baseUrl + '/gone?key=' + encodeURIComponent(secrets.PLANTED_KEY) });
  } });
const redirected = component({ ...own, id: 'redirected', baseUrl: '${url}',
  sources: ({ baseUrl, secrets }) => [
    { kind: 'http', id: 'moved', request: { url: baseUrl + '/moved?key=' + encodeURIComponent(secrets.PLANTED_KEY), headers: {
      authorization: 'Bearer ' + encodeURIComponent(secrets.PLANTED_KEY), 'x-api-key': encodeURIComponent(secrets.PLANTED_KEY), cookie: 'key=' + encodeURIComponent(secrets.PLANTED_KEY),
    } } },
  ],
  run: async ({ source, log }) => { log.info('moved', { ...(await source('moved')).evidence }); return null; } });
const carried = component({ ...own, id: 'carried', baseUrl: '${url}',
  run: async ({ http, baseUrl, secrets }) => {
    await http.text({ url: baseUrl + '/carried?key=' + encodeURIComponent(secrets.PLANTED_KEY) });
  } });
const realtime = gtfsRealtime({ id: 'realtime', baseUrl: '${url}', retries: 0 });
const timetable = ptvTimetable({ id: 'timetable', baseUrl: '${url}', retries: 0 });

export default defineDag({ id: 'leaky', components: [talks, throws, stray, prints, asks, redirected, carried, realtime, timetable] });
`;

/** Every file below a folder that holds one of the planted values. */
function filesThatTell(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return files.filter((file) => statSync(file).isFile() && tells(readFileSync(file)));
}

function tells(content: Buffer): boolean {
  return needles.some((needle) => content.includes(needle));
}

/** All rows of all tables, as text. */
async function dumpDatabase(): Promise<string> {
  const tables = await project.rows<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'signalbox' order by 1",
  );
  expect(tables.length).toBeGreaterThan(8);
  const dumps = tables.map(({ name }) => project.rows<{ row: string }>(`select t::text as row from "${name}" t`));
  return (await Promise.all(dumps))
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

describe('secrets', { timeout: 60_000 }, () => {
  it('that are missing are all named, with their components, before anything is opened', async () => {
    const { code, stdout, stderr } = await project.engine(['run', '--dag', 'transit', '--env', 'dev']);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    for (const [secret, component] of [
      ['TRANSPORT_VIC_KEY_ID', 'gtfs-realtime'],
      ['PTV_DEVID', 'ptv-timetable'],
      ['PTV_API_KEY', 'ptv-timetable'],
    ]) {
      expect(stderr).toContain(`${secret} (for ${component})`);
    }
    expect(stderr).toContain('env.template');
    expect(existsSync(join(project.home, 'database'))).toBe(false);
    expect(existsSync(join(project.home, 'data'))).toBe(false);
  });

  it('are found nowhere: no output, no log, no row, no file', async () => {
    origin.route('/list', { body: '[1,2,3]' });
    origin.route('/gone', ({ query }) => ({ status: 404, body: `nothing for ${query.get('key')}` }));
    origin.route('/moved', { status: 302, headers: { location: `${elsewhere.url}/new` } });
    elsewhere.route('/new', { body: 'moved here' });
    origin.route('/carried', ({ query }) => ({
      status: 302,
      headers: { location: `${elsewhere.url}/new?${new URLSearchParams({ next: query.get('key') ?? '' }).toString()}` },
    }));
    origin.route('/v3/routes', { status: 403, body: '{"message":"Forbidden (403): Access Denied"}' });
    for (const feed of ['trip-updates', 'vehicle-positions', 'service-alerts']) {
      const path = `/opendata/public-transport/gtfs/realtime/v1/metro/${feed}`;
      origin.route(path, ({ headers }) => ({ status: 401, body: `no such KeyId: ${String(headers.keyid)}` }));
    }
    const env = { ...planted, SIGNALBOX_ENV: 'dev' };
    const told = toldRun(await project.engine(['run', '--dag', 'leaky', '--output', 'json'], env));
    expect(told.statuses).toEqual({
      talks: 'success',
      throws: 'failed',
      stray: 'failed',
      prints: 'success',
      asks: 'failed',
      redirected: 'success',
      carried: 'failed',
      realtime: 'failed',
      timetable: 'failed',
    });
    // They were used, and what was masked was there to be masked.
    expect(origin.requests.some(({ query }) => query.get('key') === planted.PLANTED_KEY)).toBe(true);
    expect(origin.requests.some(({ query }) => query.get('devid') === planted.PTV_DEVID)).toBe(true);
    expect(origin.requests.some(({ headers }) => headers.keyid === planted.TRANSPORT_VIC_KEY_ID)).toBe(true);
    expect(told.exit.stdout).toContain('the key is ***');
    // And no redirect took them along.
    expect(origin.requests.some(({ headers }) => headers.authorization?.startsWith('Bearer pl'))).toBe(true);
    expect(elsewhere.requests.map(({ path }) => path)).toContain('/new');
    expect(
      tells(Buffer.from(JSON.stringify(elsewhere.requests.map(({ query, headers }) => [[...query], headers])))),
    ).toBe(false);
    expect(told.exit.stdout).toContain('refused a redirect that would carry a secret on to another origin');

    const outputs = [told.exit];
    for (const args of [
      ['run', '--dag', 'leaky', '--verbose', '--force'],
      ['history', '--run', told.summary.runId, '--output', 'json'],
      ['config', 'show'],
    ]) {
      outputs.push(await project.engine(args, env));
    }
    for (const { code, stdout, stderr, lines } of outputs) {
      expect(lines.length, `exit ${code}`).toBeGreaterThan(0);
      expect(tells(Buffer.from(stdout + stderr)), stdout + stderr).toBe(false);
    }
    const dump = await dumpDatabase();
    expect(dump).toContain(told.summary.runId);
    expect(tells(Buffer.from(dump))).toBe(false);
    const logs = await project.engine(['logs', told.summary.runId, 'talks'], env);
    expect(logs.stdout).toContain('the key is ***');
    expect(filesThatTell(project.home)).toEqual([]);
  });
});
