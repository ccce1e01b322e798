import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moment } from '../harness/e2e-moment.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';
import { death } from '../harness/run-processes.ts';

let project: EndToEndProject;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  project = await endToEndProject({
    project: 'author',
    holdServer: true,
    env: { SIGNALBOX_ALLOW_HOSTS: `${origin.host}:${origin.port}` },
  });
});
afterAll(async () => {
  await project.remove();
  await origin.close();
});

/** `stray` starts a process that leaves its group, says its pid, and waits. */
const writeStray = (version: string) =>
  project.write(
    'dags/stray.ts',
    `import { spawn } from 'node:child_process';
import { component, defineDag } from 'signalbox';

const stray = component({ id: 'stray', version: '${version}', baseUrl: '${origin.url}', run: async ({ http, baseUrl }) => {
  const { pid } = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  return (await http.text({ url: baseUrl + '/stray?pid=' + pid })).body;
} });
export default defineDag({ id: 'stray', components: [stray] });
`,
  );

/** Kills an engine while `stray` waits. Returns its run and the process that it has left. */
async function killBeside() {
  const asked = moment();
  let pid = 0;
  origin.route('/stray', ({ query }) => {
    pid = Number(query.get('pid'));
    asked.reach();
    return undefined;
  });
  const engine = project.start(['run', '--dag', 'stray', '--env', 'dev', '--output', 'json']);
  const { runId } = JSON.parse(await engine.line(/"type":"run_started"/)) as { readonly runId: string };
  await asked.reached;
  engine.kill('SIGKILL');
  await engine.exit;
  expect(process.kill(pid, 0)).toBe(true);
  origin.route('/stray', { body: 'answered' });
  return { runId, pid };
}

const runOf = async (id: string) => {
  const [row] = await project.rows('select status, reason from run where id = $1', [id]);
  return row;
};

describe('a tick', { timeout: 60_000 }, () => {
  it('goes on with a run whose engine was killed, and ends what that has left running outside its group', async () => {
    writeStray('1');
    const { runId, pid } = await killBeside();
    const tick = await project.engine(['tick', '--env', 'dev']);
    await death(pid);
    expect(tick.code).toBe(0);
    expect(tick.stderr).toMatch(
      new RegExp(
        `stray goes on in dev with run ${runId}: its engine \\(process \\d+ on .*\\) died; 0 of 1 components had ended`,
      ),
    );
    expect(await runOf(runId)).toEqual({ status: 'success', reason: null });
  });

  it('ends a run whose DAG has changed since', async () => {
    const { runId, pid } = await killBeside();
    writeStray('2');
    expect((await project.engine(['tick', '--env', 'dev', '--quiet'])).code).toBe(0);
    await death(pid);
    expect(await runOf(runId)).toEqual({ status: 'failed', reason: 'lost' });
    const [row] = await project.rows<{ failure: { message: string } }>(
      'select failure from component_run where run_id = $1',
      [runId],
    );
    expect(row?.failure.message).toBe('the engine that ran this is gone, and its DAG has changed since');
  });
});

it('a component that kills its engine three times is parked, and what was at work beside it is not', {
  timeout: 120_000,
}, async () => {
  project.write(
    'dags/poisoned.ts',
    `import { component, defineDag } from 'signalbox';

const poison = component({ id: 'poison', baseUrl: '${origin.url}', run: async ({ http, baseUrl }) => {
  await http.text({ url: baseUrl + '/both?who=poison' });
  process.kill(process.ppid, 'SIGKILL');
  return new Promise(() => {});
} });
const other = component({ id: 'other', baseUrl: '${origin.url}', run: async ({ http, baseUrl }) =>
  (await http.text({ url: baseUrl + '/both?who=other' })).body });
export default defineDag({ id: 'poisoned', components: [poison, other] });
`,
  );
  const atWork = moment();
  let asked = 0;
  origin.route('/both', async ({ query }) => {
    if (query.get('who') === 'poison') await atWork.reached;
    else if (asked++ === 0) {
      atWork.reach();
      return undefined;
    }
    return { body: 'done' };
  });
  const args = ['run', '--dag', 'poisoned', '--env', 'dev', '--output', 'json', '--component', 'other'];
  const killed = await project.engine(['run', '--dag', 'poisoned', '--env', 'dev']);
  expect(killed.signal).toBe('SIGKILL');
  for (let times = 2; times <= 3; times += 1) expect((await project.engine(args)).signal).toBe('SIGKILL');
  const { events } = toldRun(await project.engine(args));
  const [adopted] = events;
  const components = await project.rows(
    `select c.component, c.status, c.reason, array_agg(a.status order by a.number) as attempts
     from component_run c join attempt a on a.component_run_id = c.id where c.run_id = $1
     group by c.id order by c.component`,
    [adopted?.runId],
  );
  expect(components).toEqual([
    { component: 'other', status: 'success', reason: 'first_run', attempts: ['lost', 'success'] },
    { component: 'poison', status: 'failed', reason: 'parked', attempts: ['lost', 'lost', 'lost'] },
  ]);
});
