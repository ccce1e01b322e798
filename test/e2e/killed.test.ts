import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { smallFeed, zipBytes } from '../components/gtfs/feed.ts';
import { parquetFiles, readManifest } from '../harness/e2e-manifest.ts';
import { moment } from '../harness/e2e-moment.ts';
import { workersOf } from '../harness/e2e-processes.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
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
});
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
    `select c.component, c.status, c.reason, array_remove(array_agg(a.status), null) as attempts
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
  const started = await engine.line(/"type":"run_started"/);
  await asked.reached;
  const workers = workersOf(engine.pid);
  expect(workers).not.toEqual([]);
  engine.kill('SIGKILL');
  expect((await engine.exit).signal).toBe('SIGKILL');
  // Nobody is left to stop them: they see for themselves that their parent is gone.
  await Promise.all(workers.map(death));
  return (JSON.parse(started) as { readonly runId: string }).runId;
}

describe('an engine that was killed while it ran', { timeout: 60_000 }, () => {
  it('leaves what was committed, and the next run completes it when the lease has ended', async () => {
    origin.route('/gtfs.zip', { headers: { etag: '"one"' }, body: await zipBytes(smallFeed) });
    const killed = await killMidway();
    const before = await readManifest(project, 'dev');
    expect(before.map(({ component }) => component)).toEqual(before.map(() => 'schedule'));
    expect(before.length).toBeGreaterThan(0);
    expect((await recordOf(killed)).run).toEqual({ status: 'running', reason: null, ended: false });

    origin.route('/list', { body: 'one, two' });
    const next = project.start(['run', ...dev, '--output', 'json']);
    // As long as the lease runs, the one that held it might be alive.
    expect(await next.line(/"type":"component_waiting"/)).toContain(`"heldBy":"${killed}"`);
    await project.rows('update owner set lease_until = now() where id = (select owner from run where id = $1)', [
      killed,
    ]);
    const { exit, statuses } = toldRun(await next.exit);
    expect({ code: exit.code, statuses }).toEqual({
      code: 0,
      statuses: { schedule: 'unchanged', list: 'success', last: 'success' },
    });
    expect(await recordOf(killed)).toEqual({
      run: { status: 'failed', reason: 'lost', ended: true },
      components: [
        { component: 'last', status: 'cancelled', reason: 'run_lost', attempts: [] },
        { component: 'list', status: 'failed', reason: 'lost', attempts: ['lost'] },
        { component: 'schedule', status: 'success', reason: 'first_run', attempts: ['success'] },
      ],
    });
    const after = await readManifest(project, 'dev');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ dataset, rows }) => [dataset, rows])).toEqual([['lists', 1]]);
    expect(parquetFiles(project, 'dev')).toEqual(after.map(({ path }) => path).toSorted());
  });
});
