import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPids, workersOf } from '../harness/e2e-processes.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import { isAlive } from '../harness/run-processes.ts';

let project: EndToEndProject;

/** Every component of these tells its pid in a file, as soon as it runs. */
function writeDag(id: string, body: string): void {
  const folder = join(project.root, 'pids', id);
  mkdirSync(folder, { recursive: true });
  project.write(
    `dags/${id}.ts`,
    `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { component, defineDag } from 'signalbox';

const tell = (name: string, pid = process.pid) => writeFileSync('${folder}/' + name, String(pid));
const sleep = (detached: boolean) => spawn('sleep', ['600'], { detached, stdio: 'ignore' }).pid;
const forever = () => new Promise<never>(() => setInterval(() => {}, 60_000));
${body}`,
  );
}

const pidsOf = (id: string) => readPids(join(project.root, 'pids', id));
const living = (pids: readonly number[]) => pids.filter(isAlive);

interface Recorded {
  readonly component: string;
  readonly status: string;
  readonly attempt: string | null;
  readonly pid: number | null;
}

/** What the database has of a run: its own status, then every component with its attempt. */
async function recordOf(runId: string) {
  const [run] = await project.rows<{ status: string }>('select status from run where id = $1', [runId]);
  const rows = await project.rows<Recorded>(
    `select c.component, c.status, a.status as attempt, a.pid from component_run c
     left join attempt a on a.component_run_id = c.id where c.run_id = $1 order by c.component`,
    [runId],
  );
  const ends = Object.fromEntries(rows.map(({ component, status, attempt }) => [component, [status, attempt]]));
  return { run: run?.status, ends, pids: Object.fromEntries(rows.map(({ component, pid }) => [component, pid])) };
}

beforeAll(async () => {
  project = await endToEndProject({ project: 'author', env: { SIGNALBOX_GRACE: '300ms' }, holdServer: true });
});
afterAll(() => project.remove());

describe('components that do not stop', { timeout: 60_000 }, () => {
  it('are dead after their timeout, with all that they started; the run goes on without them', async () => {
    writeDag(
      'stubborn',
      `
const hostile = { timeout: '3s', retries: 0 } as const;
const spins = component({ ...hostile, id: 'spins', run: async () => { tell('spins'); while (true) {} } });
const deaf = component({ ...hostile, id: 'deaf', run: async () => {
  process.on('SIGTERM', () => {});
  tell('deaf');
  return forever();
} });
const parent = component({ ...hostile, id: 'parent', run: async () => {
  tell('parent');
  tell('grandchild', sleep(false));
  tell('runaway', sleep(true));
  return forever();
} });
const sound = component({ id: 'sound', run: async () => 'well' });
const after = component({ id: 'after', dependsOn: { spins, deaf, parent }, rule: 'all_done', run: async () => 'well' });
export default defineDag({ id: 'stubborn', concurrency: 4, components: [spins, deaf, parent, sound, after] });
`,
    );
    const { exit, summary } = await project.run(['--dag', 'stubborn']);
    const told = pidsOf('stubborn');
    expect(Object.keys(told).toSorted()).toEqual(['deaf', 'grandchild', 'parent', 'runaway', 'spins']);
    expect(living(Object.values(told))).toEqual([]);
    expect({ code: exit.code, status: summary.status }).toEqual({ code: 1, status: 'failed' });
    const { run, ends, pids } = await recordOf(summary.runId);
    expect(run).toBe('failed');
    expect(ends).toEqual({
      spins: ['timed_out', 'timed_out'],
      deaf: ['timed_out', 'timed_out'],
      parent: ['timed_out', 'timed_out'],
      sound: ['success', 'success'],
      after: ['success', 'success'],
    });
    for (const component of ['spins', 'deaf', 'parent']) expect(pids[component]).toBe(told[component]);
  });

  it('are dead after the timeout of their run, which ends with 124', async () => {
    writeDag(
      'endless',
      `
const spins = component({ id: 'spins', run: async () => { tell('spins'); tell('runaway', sleep(true)); while (true) {} } });
const next = component({ id: 'next', dependsOn: { spins }, run: async () => 'never' });
export default defineDag({ id: 'endless', timeout: '3s', components: [spins, next] });
`,
    );
    const { exit, summary } = await project.run(['--dag', 'endless']);
    const told = pidsOf('endless');
    expect(Object.keys(told).toSorted()).toEqual(['runaway', 'spins']);
    expect(living(Object.values(told))).toEqual([]);
    expect({ code: exit.code, status: summary.status }).toEqual({ code: 124, status: 'timed_out' });
    expect(await recordOf(summary.runId)).toMatchObject({
      run: 'timed_out',
      ends: { spins: ['timed_out', 'timed_out'], next: [expect.stringMatching(/skipped|upstream_failed/), null] },
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('are dead after %s, which ends the run with %i', async (signal, code) => {
    const id = `until-${signal.toLowerCase()}`;
    writeDag(
      id,
      `
const waits = component({ id: 'waits', run: async ({ log }) => {
  tell('waits');
  tell('runaway', sleep(true));
  log.info('has begun');
  return forever();
} });
const spins = component({ id: 'spins', dependsOn: {}, run: async ({ log }) => {
  tell('spins');
  log.info('has begun too');
  await new Promise((resolve) => setImmediate(resolve));
  while (true) {}
} });
const next = component({ id: 'next', dependsOn: { waits }, run: async () => 'never' });
export default defineDag({ id: '${id}', components: [waits, spins, next] });
`,
    );
    const engine = project.start(['run', '--dag', id, '--output', 'json']);
    await Promise.all([engine.line(/"has begun"/), engine.line(/"has begun too"/)]);
    const workers = workersOf(engine.pid);
    expect(workers.length).toBeGreaterThanOrEqual(2);
    const told = Object.values(pidsOf(id));
    expect(told).toHaveLength(3);
    expect(living(told)).toEqual(told);
    engine.kill(signal);
    const { exit, summary } = toldRun(await engine.exit);
    expect(living([...told, ...workers])).toEqual([]);
    expect({ code: exit.code, status: summary.status }).toEqual({ code, status: 'cancelled' });
    expect(await recordOf(summary.runId)).toMatchObject({
      run: 'cancelled',
      ends: {
        waits: ['cancelled', 'interrupted'],
        spins: ['cancelled', 'interrupted'],
        next: ['cancelled', null],
      },
    });
  });
});
