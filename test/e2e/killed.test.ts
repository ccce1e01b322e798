import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { smallFeed, zipBytes } from '../components/gtfs/feed.ts';
import { factsOnDisk, type ManifestRow, newestOf, parquetFiles, readManifest } from '../harness/e2e-manifest.ts';
import { moment } from '../harness/e2e-moment.ts';
import { workersOf } from '../harness/e2e-processes.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import type { RunningEngine } from '../harness/engine.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';
import { death } from '../harness/run-processes.ts';

const dev = ['--dag', 'shared', '--env', 'dev'];

let project: EndToEndProject;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  project = await endToEndProject({
    project: 'author',
    env: { SIGNALBOX_ALLOW_HOSTS: `${origin.host}:${origin.port}` },
  });
  project.write(
    'dags/shared.ts',
    `import { component, defineDag } from 'signalbox';
import { gtfsSchedule } from '${join(projectRoot, 'components/gtfs/index.ts')}';

const schedule = gtfsSchedule({ id: 'schedule', baseUrl: '${origin.url}', path: '/gtfs.zip' });
const list = component({
  id: 'list', dependsOn: { schedule }, baseUrl: '${origin.url}',
  run: async ({ http, sql, baseUrl, inputs }) => {
    const { body } = await http.text({ url: baseUrl + '/list' });
    const database = await sql();
    await database.stageRows('lists', [{ name: 'text', type: 'VARCHAR' }], [[body]]);
    return inputs.schedule.tables;
  },
});
const last = component({ id: 'last', dependsOn: { list }, run: async () => 'done' });
export default defineDag({ id: 'shared', components: [schedule, list, last] });
`,
  );
  project.write(
    'dags/patient.ts',
    `import { component, defineDag } from 'signalbox';

const patient = component({ id: 'patient', baseUrl: '${origin.url}', retries: 0, run: async ({ http, baseUrl, attempt }) =>
  (await http.text({ url: baseUrl + '/patient?attempt=' + attempt })).body });
export default defineDag({ id: 'patient', components: [patient] });
`,
  );
});

/** Lets the lease of a run's engine end now, as if a minute had gone by. */
async function endLease(runId: string): Promise<void> {
  await project.rows('update owner set lease_until = now() where id = (select owner from run where id = $1)', [runId]);
}

/** The run that an engine has just begun. */
async function runIdOf(engine: RunningEngine): Promise<string> {
  return (JSON.parse(await engine.line(/"type":"run_started"/)) as { readonly runId: string }).runId;
}

afterAll(async () => {
  await project.remove();
  await origin.close();
});

interface Recorded {
  readonly component: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: string[];
}

async function recordOf(runId: string) {
  const [run] = await project.rows<{ status: string; reason: string | null; ended: boolean }>(
    'select status, reason, finished_at is not null as ended from run where id = $1',
    [runId],
  );
  const rows = await project.rows<Recorded>(
    `select c.component, c.status, c.reason, array_remove(array_agg(a.status order by a.number), null) as attempts
     from component_run c left join attempt a on a.component_run_id = c.id where c.run_id = $1
     group by c.id order by c.component`,
    [runId],
  );
  return { run, components: rows };
}

/** Starts a run and kills its engine while `list` waits for an answer. Returns its id. */
async function killMidway(): Promise<string> {
  const asked = moment();
  origin.route('/list', () => {
    asked.reach();
    return undefined;
  });
  const engine = project.start(['run', ...dev, '--output', 'json']);
  const runId = await runIdOf(engine);
  await asked.reached;
  const workers = workersOf(engine.pid);
  expect(workers).not.toEqual([]);
  engine.kill('SIGKILL');
  expect((await engine.exit).signal).toBe('SIGKILL');
  // Nobody is left to stop them: they see for themselves that their parent is gone.
  await Promise.all(workers.map(death));
  return runId;
}

describe('an engine that was killed while it ran', { timeout: 60_000 }, () => {
  it('leaves what was committed, and the next command goes on with its run without waiting for the lease', async () => {
    origin.route('/gtfs.zip', { headers: { etag: '"one"' }, body: await zipBytes(smallFeed) });
    const killed = await killMidway();
    const before = await readManifest(project, 'dev');
    expect(before.map(({ component }) => component)).toEqual(before.map(() => 'schedule'));
    expect(before.length).toBeGreaterThan(0);
    expect((await recordOf(killed)).run).toEqual({ status: 'running', reason: null, ended: false });

    origin.route('/list', { body: 'one, two' });
    const { exit, statuses, events } = await project.run(dev);
    expect(events[0]).toMatchObject({
      type: 'run_started',
      runId: killed,
      adopted: { endedBy: 'process_gone', ended: 1 },
    });
    expect({ code: exit.code, statuses }).toEqual({
      code: 0,
      statuses: { schedule: 'unchanged', list: 'unchanged', last: 'unchanged' },
    });
    expect(await recordOf(killed)).toEqual({
      run: { status: 'success', reason: null, ended: true },
      components: [
        { component: 'last', status: 'success', reason: 'first_run', attempts: ['success'] },
        { component: 'list', status: 'success', reason: 'first_run', attempts: ['lost', 'success'] },
        { component: 'schedule', status: 'success', reason: 'first_run', attempts: ['success'] },
      ],
    });
    const after = await readManifest(project, 'dev');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ dataset, rows }) => [dataset, rows])).toEqual([['lists', 1]]);
    expect(parquetFiles(project, 'dev')).toEqual(after.map(({ path }) => path).toSorted());
  });

  it('while it gave files their names, has published all of them or none, and the next run publishes them once', async () => {
    const before = await readManifest(project, 'dev');
    const [start] = before.map(({ path }) => path.split('/')[1]);
    const renamed = 'stop_id,stop_name,stop_lat,stop_lon\nS1,Renamed,-37.5,144.5\n';
    origin.route('/gtfs.zip', { body: await zipBytes({ ...smallFeed, 'stops.txt': renamed }) });
    const engine = project.start(['run', ...dev, '--output', 'json']);
    const known = new Set(parquetFiles(project, 'dev'));
    const curated = watch(join(project.home, 'data/dev/curated', start as string), (_, name) => {
      if (name?.endsWith('.parquet') && !known.has(`curated/${start}/${name}`)) engine.kill('SIGKILL');
    });
    await runIdOf(engine);
    expect((await engine.exit).signal).toBe('SIGKILL');
    curated.close();
    const own = (rows: readonly ManifestRow[]) => rows.filter(({ component }) => component === 'schedule').length;
    const published = own(await readManifest(project, 'dev')) - own(before);
    expect([0, own(before)]).toContain(published);

    const { exit } = await project.run(dev);
    expect(exit.code).toBe(0);
    const after = await readManifest(project, 'dev');
    expect(own(after)).toBe(2 * own(before));
    // The files that had got their names for nothing are gone, and so is what was staged.
    expect(parquetFiles(project, 'dev')).toEqual(after.map(({ path }) => path).toSorted());
    for (const row of (await newestOf(project, 'dev')).values()) {
      expect(factsOnDisk(row), row.dataset).toEqual({ bytes: row.bytes, sha256: row.sha256, latest: row.id });
    }
  });
});

describe('a run goes on', { timeout: 60_000 }, () => {
  it('when the process of an attempt is killed: the attempt is lost and made again, at no cost of a try', async () => {
    const asked = moment();
    origin.route('/patient', ({ query }) => {
      if (query.get('attempt') !== '1') return { body: 'answered' };
      asked.reach();
      return undefined;
    });
    const engine = project.start(['run', '--dag', 'patient', '--env', 'dev', '--output', 'json']);
    const started = await engine.line(/"type":"attempt_started"/);
    await asked.reached;
    process.kill((JSON.parse(started) as { readonly pid: number }).pid, 'SIGKILL');
    const { exit, summary } = toldRun(await engine.exit);
    expect(exit.code).toBe(0);
    expect((await recordOf(summary.runId)).components).toEqual([
      { component: 'patient', status: 'success', reason: 'first_run', attempts: ['lost', 'success'] },
    ]);
  });

  it.skipIf(inject('postgres').kind === 'url')('when the embedded server is killed', async () => {
    const asked = moment();
    const answered = moment();
    origin.route('/patient', async () => {
      asked.reach();
      await answered.reached;
      return { body: 'answered' };
    });
    const running = project.run(['--dag', 'patient', '--env', 'dev']);
    await asked.reached;
    const [server] = readFileSync(join(project.home, 'database/data/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(server), 'SIGKILL');
    await death(Number(server));
    answered.reach();
    const { exit, summary } = await running;
    expect(exit.code).toBe(0);
    const { run, components } = await recordOf(summary.runId);
    expect(run).toMatchObject({ status: 'success', ended: true });
    expect(components.map(({ status, attempts }) => [status, attempts])).toEqual([['success', ['success']]]);
  });
});

it('an engine that was stopped for longer than its lease changes nothing any more, and says so', {
  timeout: 60_000,
}, async () => {
  const [asked, answered] = [moment(), moment()];
  let times = 0;
  origin.route('/patient', async () => {
    times += 1;
    if (times > 1) return { body: 'the heir’s' };
    asked.reach();
    await answered.reached;
    return { body: 'too late' };
  });
  const stopped = project.start(['run', '--dag', 'patient', '--env', 'dev', '--output', 'json']);
  const runId = await runIdOf(stopped);
  await asked.reached;
  const [engine] = await project.rows<{ owner: string }>('select owner from run where id = $1', [runId]);
  stopped.kill('SIGSTOP');
  await endLease(runId);
  const heir = await project.run(['--dag', 'patient', '--env', 'dev']);
  expect(heir.statuses).toEqual({ patient: 'success' });
  answered.reach();
  stopped.kill('SIGCONT');
  const { exit, summary } = toldRun(await stopped.exit);
  expect({ code: exit.code, ...summary }).toMatchObject({
    code: 1,
    status: 'failed',
    reason: 'taken_over',
    refused: 2,
  });
  const [row] = await project.rows('select refused, ended_by from owner where id = $1', [engine?.owner]);
  expect(row).toEqual({ refused: 2, ended_by: 'lease_over' });
  const outputs = await project.rows('select output from component_run where run_id = $1', [runId]);
  expect(outputs).toEqual([{ output: 'the heir’s' }]);
});

it('in the end all records, files and processes are as they must be', async () => {
  expect(await project.violations('dev')).toEqual([]);
});
