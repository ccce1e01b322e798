import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningEngine } from '../../harness/engine.ts';
import { type CommandProject, commandProject, inlineDag, untilStopped } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/slow.ts', inlineDag('slow', [untilStopped('waits')]));
  const fragile =
    "{ id: 'fragile', retries: 0, run: async () => { if (existsSync('broken')) throw new Error('no'); } }";
  const dag = inlineDag('fragile', [fragile, "{ id: 'sound', run: async () => 1 }"]);
  project.write('dags/fragile.ts', `import { existsSync } from 'node:fs';\n${dag}`);
});
afterAll(() => project.remove());

/** The run that an engine has just begun, when its component is at work. */
async function begun(engine: RunningEngine): Promise<string> {
  const started = await engine.line(/"type":"run_started"/);
  await engine.line(/"has begun"/);
  return (JSON.parse(started) as { readonly runId: string }).runId;
}

const slow = () => project.start(['run', '--dag', 'slow', '--output', 'json']);

async function recordOf(run: string) {
  const [row] = await project.rows<{ status: string; reason: string; components: string[]; attempts: string[] }>(
    `select r.status, r.reason, array_agg(c.status) as components, array_agg(a.status) as attempts
     from run r join component_run c on c.run_id = r.id left join attempt a on a.component_run_id = c.id
     where r.id = $1 group by r.id`,
    [run],
  );
  return row;
}

const cancelled = (attempt: string) => ({
  status: 'cancelled',
  reason: 'cancelled',
  components: ['cancelled'],
  attempts: [attempt],
});

describe('engine cancel', () => {
  it('has the run stopped by its own engine, waits for that, and says who wanted it', async () => {
    const engine = slow();
    const run = await begun(engine);
    const { code, stderr } = await project.engine(['cancel', run.slice(-6), '--reason', 'wrong day']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `run ${run} is cancelled\n` });
    expect((await engine.exit).code).toBe(1);
    expect(await recordOf(run)).toEqual(cancelled('cancelled'));
    const { stdout } = await project.engine(['history', '--run', run]);
    expect(stdout).toMatch(/wanted it stopped at .*: wrong day\n/);
    const again = await project.engine(['cancel', run]);
    expect(again).toMatchObject({ code: 0, stderr: `run ${run} had ended already: cancelled\n` });
    expect(await project.rows('select action from audit')).toEqual([{ action: 'run_cancel' }]);
  });

  it('ends a run whose process is gone', async () => {
    const engine = slow();
    const run = await begun(engine);
    engine.kill('SIGKILL');
    await engine.exit;
    await project.rows('update owner set lease_until = now() where id = (select owner from run where id = $1)', [run]);
    const { code, stderr } = await project.engine(['cancel', run]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `run ${run} is cancelled; the process that ran it was gone\n`,
    });
    expect(await recordOf(run)).toEqual(cancelled('lost'));
  });
});

describe('engine retry', () => {
  const summaryOf = (stdout: string) =>
    JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { readonly runId: string };

  it('makes a run for what failed, and history tells of both', async () => {
    project.write('broken', '');
    const failed = await project.engine(['run', '--dag', 'fragile', '--fail-fast', '--output', 'json']);
    expect(failed.code).toBe(1);
    const { runId } = summaryOf(failed.stdout);
    rmSync(join(project.root, 'broken'));
    const again = await project.engine(['retry', runId.slice(-6), '--failed', '--output', 'json']);
    expect(again.code).toBe(0);
    const newest = summaryOf(again.stdout);
    expect(newest).toMatchObject({ status: 'success', trigger: 'retry' });
    const { stdout: heading } = await project.engine(['history', '--run', newest.runId]);
    expect(heading).toContain(`tries again what was open of run ${runId}\n`);
    const { stdout: first } = await project.engine(['history', '--run', runId]);
    expect(first).toMatch(new RegExp(`what was open of it was tried again in run ${newest.runId}\n`));
  });

  it('says when nothing is open', async () => {
    const { code, stdout, stderr } = await project.engine(['retry', 'last']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^nothing is open in run [0-9a-f-]{36}: there is nothing to try again\n$/);
  });

  it('refuses with 75 a run that is at work', async () => {
    const engine = slow();
    const run = await begun(engine);
    const { code, stderr } = await project.engine(['retry', run]);
    expect(code).toBe(75);
    expect(stderr).toContain(`expected a run that has ended, got ${run}, which is at work in process ${engine.pid}`);
    expect(stderr).toContain(`cancel ${run}`);
    const told = await project.engine(['cancel', run, '--no-wait']);
    expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining(`run ${run} is told to stop`) });
    expect((await engine.exit).code).toBe(1);
  });
});
