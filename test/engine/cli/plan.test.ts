import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ForeseenRun } from '../../../engine/model/foreseen.ts';
import type { RunSummary } from '../../../engine/model/summary.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

/** `report` needs `feed`, which reads a file; `other` hangs on nothing and is always asked. */
const feeds = `import { readFileSync } from 'node:fs';
import { component, defineDag } from 'signalbox';

const inline = { isolation: 'inline', retries: 0 };
const feed = component({
  ...inline,
  id: 'feed',
  sources: () => [{ kind: 'file', id: 'stops', path: 'stops.csv' }],
  run: async ({ source }) => readFileSync((await source('stops')).parts[0].path, 'utf8').length,
});
const report = component({ ...inline, id: 'report', dependsOn: { feed }, run: async () => 1 });
const off = component({ ...inline, id: 'off', enabled: false, run: async () => 2 });

export default defineDag({ id: 'feeds', schedule: '0 * * * *', components: [feed, report, off] });
`;

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  project.write('dags/feeds.ts', feeds);
  project.write('stops.csv', 'a,b\n');
});
afterAll(() => project.remove());

async function plan(...args: string[]): Promise<ForeseenRun> {
  const { code, stdout, stderr } = await project.engine(['plan', '--dag', 'feeds', '--output', 'json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as ForeseenRun;
}

async function run(...args: string[]): Promise<RunSummary> {
  const { stdout } = await project.engine(['run', '--dag', 'feeds', '--output', 'json', ...args]);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunSummary;
}

const namedOf = ({ components }: ForeseenRun) =>
  Object.fromEntries(
    components.map((foreseen) => [
      foreseen.component,
      foreseen.kind === 'certain'
        ? [foreseen.decision.reason]
        : foreseen.branches.map(({ decision }) => decision.reason),
    ]),
  );

/** Every component of the run was decided as the plan named, and alone where the plan was certain. */
function expectNamed(planned: ForeseenRun, { components }: RunSummary): void {
  const named = namedOf(planned);
  for (const { component, decision } of components) expect(named[component]).toContain(decision?.reason);
}

const remembered = () =>
  project.rows(`select (select count(*) from run) as runs, (select count(*) from component_run) as component_runs,
    (select count(*) from attempt) as attempts, (select count(*) from decision) as decisions,
    (select json_agg(c order by component) from claim c) as claims,
    (select json_agg(s) from source_state s) as sources, (select count(*) from slot) as slots`);

describe('engine plan', () => {
  it('names what the run right after it decides: at first, unchanged, moved', async () => {
    const first = await plan();
    expect(namedOf(first)).toEqual({
      feed: ['first_run'],
      report: ['first_run', 'upstream_failed'],
      off: ['disabled'],
    });
    expectNamed(first, await run());
    const same = await plan();
    expect(namedOf(same)).toEqual({ feed: ['inputs_unchanged'], report: ['inputs_unchanged'], off: ['disabled'] });
    expectNamed(same, await run());
    project.write('stops.csv', 'a,b\n1,2\n');
    const moved = await plan();
    expect(moved.components.map(({ kind }) => kind)).toEqual(['certain', 'depends', 'certain']);
    expect(namedOf(moved)).toEqual({
      feed: ['source_changed'],
      report: ['upstream_changed', 'upstream_failed', 'inputs_unchanged'],
      off: ['disabled'],
    });
    expect(moved.components[0]?.cost).toEqual({ wallMs: expect.any(Number), calls: null });
    expectNamed(moved, await run());
  });

  it('says in words what hangs on what, and changes nothing', async () => {
    project.write('stops.csv', `moved ${Date.now()}`);
    const before = await remembered();
    const { code, stdout, stderr } = await project.engine(['plan', '--dag', 'feeds']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^feeds in sandbox: 1 run, 1 depends, 1 skip\n/);
    expect(stdout).toMatch(/^if all of it runs: \d+ms of work, by the last successes$/m);
    expect(stdout).toMatch(/^feed +run +\d+ms +the content of stops \(\w+ → \w+\) changed$/m);
    expect(stdout).toMatch(/^report +depends +\d+ms +run or blocked or unchanged$/m);
    expect(stdout).toMatch(/^off +skip +it is disabled$/m);
    expect(stdout).toContain(`
report
  run (upstream changed) if feed publishes something new
  blocked (upstream failed) if feed fails
  unchanged (inputs unchanged) if feed publishes what it published before
`);
    expect(await remembered()).toEqual(before);
  });

  it('plans what was chosen, forced or due', async () => {
    await run();
    expect(namedOf(await plan('--component', 'report'))).toEqual({
      feed: ['not_selected'],
      report: ['inputs_unchanged'],
      off: ['disabled'],
    });
    const forced = await plan('--force');
    expect(forced).toMatchObject({ environment: 'sandbox', dag: 'feeds', forced: true });
    expect(namedOf(forced)).toEqual({ feed: ['forced'], report: ['forced', 'upstream_failed'], off: ['disabled'] });
    expectNamed(forced, await run('--force'));
    expect(namedOf(await plan('--due'))).toMatchObject({ feed: ['inputs_unchanged'] });
  });

  it('says that nobody will run what is due, while the DAG is paused', async () => {
    await project.engine(['pause', 'feeds', '--env', 'sandbox']);
    const { stdout } = await project.engine(['plan', '--dag', 'feeds', '--due']);
    expect(stdout).toMatch(/^feeds is paused since [-\d]+ [\d:]+Z by \w+: no tick makes a run of it$/m);
    expect((await project.engine(['plan', '--dag', 'feeds'])).stdout).not.toContain('paused');
    await project.engine(['unpause', 'feeds', '--env', 'sandbox']);
    expect((await project.engine(['plan', '--dag', 'feeds', '--due'])).stdout).not.toContain('paused');
  });

  it('tells by its exit code whether something would run', async () => {
    await run();
    const detailed = ['plan', '--dag', 'feeds', '--detailed-exitcode'];
    expect((await project.engine(detailed)).code).toBe(0);
    expect((await project.engine([...detailed, '--force'])).code).toBe(3);
  });
});

describe('a source that cannot be asked', () => {
  it('runs, for unknown is not unchanged', async () => {
    await run();
    rmSync(join(project.root, 'stops.csv'));
    expect(namedOf(await plan())).toMatchObject({ feed: ['probe_unknown'] });
    project.write('stops.csv', 'back');
  });
});

describe('components that share a quota', () => {
  const sharing = `import { component, defineDag, quota } from 'signalbox';

const calls = quota('calls', { limit: 4, per: 'month' });
const asking = (id) => component({ id, isolation: 'inline', quota: calls, run: async () => 1 });
export default defineDag({ id: 'sharing', components: [asking('first'), asking('second'), asking('third')] });
`;

  it('hang on what those before them take of it', async () => {
    project.write('dags/sharing.ts', sharing);
    const inDev = ['--dag', 'sharing', '--env', 'dev', '--output', 'json'];
    await project.engine(['run', ...inDev]);
    await project.rows(`update attempt a set calls = 3 from component_run c
      where c.id = a.component_run_id and c.component = 'first'`);
    const planned = JSON.parse((await project.engine(['plan', ...inDev])).stdout) as ForeseenRun;
    rmSync(join(project.root, 'dags/sharing.ts'));
    const [first, second, third] = planned.components;
    expect([first?.kind, second?.kind]).toEqual(['certain', 'certain']);
    if (third?.kind !== 'depends') throw new Error('expected the third to depend on the others');
    expect(third.branches.map(({ when, decision }) => [decision.verdict, decision.reason, ...when])).toEqual([
      ['run', 'undeclared_input', 'first, second leave calls of quota calls'],
      ['defer', 'quota_exhausted', 'first, second leave no call of quota calls'],
    ]);
  });
});

describe('engine plan of all DAGs', () => {
  beforeEach(() => {
    project.write('dags/few.ts', inlineDag('few', ["{ id: 'only', run: async () => 1 }"]));
    project.write('dags/broken.ts', 'export default 1;');
    project.write('dags/keyed.ts', inlineDag('keyed', ["{ id: 'only', secrets: ['SOME_KEY'], run: async () => 1 }"]));
  });

  it('plans those that it can, and says of each other one what is wrong with it', async () => {
    const { code, stdout, stderr } = await project.engine(['plan', '--output', 'json', '--detailed-exitcode']);
    expect((JSON.parse(stdout) as ForeseenRun[]).map(({ dag }) => dag)).toEqual(['feeds', 'few']);
    expect(stderr).toContain('dags/broken.ts\n  expected ');
    expect(stderr).toMatch(/^signalbox: keyed: expected a value for every declared secret, got none for SOME_KEY/m);
    expect(code).toBe(78);
  });

  it('takes no components: they are those of one DAG', async () => {
    const { code, stderr } = await project.engine(['plan', '--component', 'only']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^signalbox: expected --dag with --component, got none$/m);
  });
});
