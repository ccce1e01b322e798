import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';

let project: EndToEndProject;
let mended: string;

const only = "component({ id: 'only', run: async () => null })";

beforeAll(async () => {
  project = await endToEndProject({ project: 'author', holdServer: true });
  mended = join(project.root, 'mended');
  project.write(
    'dags/monthly.ts',
    `import { existsSync } from 'node:fs';
import { component, defineDag } from 'signalbox';

const load = component({ id: 'load', frequency: 'monthly', retries: 0, run: async ({ interval, run }) => {
  if (!existsSync('${mended}')) throw new Error('the source is down');
  return { start: interval.start.toISOString(), end: interval.end.toISOString(), slot: run.asOf.toISOString() };
} });
export default defineDag({ id: 'monthly', components: [load] });
`,
  );
  project.write(
    'dags/hourly.ts',
    `import { component, defineDag } from 'signalbox';

export default defineDag({ id: 'hourly', timezone: 'Australia/Melbourne', schedule: '0 * * * *', components: [${only}] });
`,
  );
});
afterAll(() => project.remove());

/** As if the schedules had first been seen two months ago. */
const setBack = () => project.rows("update schedule set watermark = now() - interval '62 days'");

const slotsOf = (dag: string) =>
  project.rows<{ status: string; reason: string | null; count: number }>(
    'select status, reason, sum(count)::integer as count from slot where dag = $1 group by status, reason order by status',
    [dag],
  );

describe('engine tick', { timeout: 120_000 }, () => {
  it('guesses no environment', async () => {
    const { code, stderr, stdout } = await project.engine(['tick']);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain('expected --env, got none, and none is guessed');
  });

  it('says nothing under --quiet when there is nothing to say', async () => {
    expect(await project.engine(['tick', '--env', 'dev', '--quiet'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(await project.rows('select environment, is_well from tick')).toEqual([
      { environment: 'dev', is_well: true },
    ]);
  });

  it('tries a monthly import that failed again with the next tick, not next month', async () => {
    await setBack();
    const first = await project.engine(['tick', '--env', 'dev', '--quiet']);
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('the source is down');
    expect(await slotsOf('hourly')).toMatchObject([{ status: 'created', count: 1 }, { reason: 'superseded' }]);
    writeFileSync(mended, '');
    const second = await project.engine(['tick', '--env', 'dev']);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('monthly in dev: success');
    const [{ output } = { output: undefined }] = await project.rows<{ output: unknown }>(
      "select output from component_run where component = 'load' and status = 'success'",
    );
    const month = /^\d{4}-\d{2}-01T00:00:00\.000Z$/;
    expect(output).toMatchObject({ start: expect.stringMatching(month), end: expect.stringMatching(month) });
    expect((await project.engine(['tick', '--env', 'dev'])).stdout).toBe('nothing was due\n');
    rmSync(mended);
  });

  it('works on the other DAGs although one does not load, and tells the slots that it passed over', async () => {
    project.write('dags/broken.ts', 'export default 1;\n');
    project.write(
      'dags/often.ts',
      `import { component, defineDag } from 'signalbox';

export default defineDag({ id: 'often', schedule: '*/30 * * * *', components: [${only}] });
`,
    );
    expect((await project.engine(['tick', '--env', 'dev'])).code).toBe(1);
    await setBack();
    const { code, stdout, stderr } = await project.engine(['tick', '--env', 'dev', '--output', 'json']);
    for (const name of ['broken', 'often']) rmSync(join(project.root, `dags/${name}.ts`));
    expect(code).toBe(1);
    expect(stderr).toContain('broken.ts');
    const lines = stdout.split('\n').filter((line) => line !== '');
    const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents.filter(({ type, reason }) => type === 'slot' && reason === 'superseded').length).toBeGreaterThan(
      1_000,
    );
    expect(documents.at(-1)).toMatchObject({
      type: 'summary',
      environment: 'dev',
      dags: [
        { dag: 'hourly', runs: [] },
        { dag: 'monthly', runs: [] },
        { dag: 'often', runs: [{ status: 'success' }] },
      ],
      broken: [{ where: expect.stringContaining('broken.ts') }],
    });
  });
});

describe('engine pause', { timeout: 60_000 }, () => {
  it('keeps ticks and run --due from the DAG until it is unpaused, and shows in status', async () => {
    expect((await project.engine(['pause', 'hourly'])).code).toBe(78);
    expect((await project.engine(['pause', 'hourly', '--env', 'dev'])).code).toBe(0);
    expect((await project.engine(['status', '--dag', 'hourly', '--env', 'dev'])).stdout).toMatch(/paused since .* by /);
    const due = await project.engine(['run', '--dag', 'hourly', '--due', '--env', 'dev']);
    expect(due).toMatchObject({ code: 0, stdout: expect.stringContaining('hourly is paused since') });
    expect((await project.engine(['unpause', 'hourly', '--env', 'dev'])).code).toBe(0);
    const none = await project.engine(['run', '--dag', 'hourly', '--due', '--env', 'dev']);
    expect(none).toMatchObject({ code: 0, stdout: 'nothing was due\n' });
  });
});

describe('engine next', { timeout: 60_000 }, () => {
  it('shows the slots to come in the zone of the DAG and in UTC', async () => {
    const { stdout } = await project.engine(['next', '-n', '2', '--env', 'dev', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        dag: 'hourly',
        timezone: 'Australia/Melbourne',
        component: '',
        slots: [expect.any(String), expect.any(String)],
      },
      { dag: 'monthly', timezone: 'UTC', component: '', slots: [expect.any(String), expect.any(String)] },
      { dag: 'monthly', timezone: 'UTC', component: 'load' },
    ]);
    const table = await project.engine(['next', '-n', '1', '--dag', 'hourly', '--env', 'dev']);
    expect(table.stdout).toMatch(/hourly +\d{4}-\d\d-\d\d \d\d:00 Australia\/Melbourne +\d{4}-\d\d-\d\d \d\d:\d\d:00Z/);
    expect(existsSync(mended)).toBe(false);
  });
});
