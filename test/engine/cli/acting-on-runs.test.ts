import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningEngine } from '../../harness/engine.ts';
import { type CommandProject, commandProject, inlineDag, untilStopped } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/slow.ts', inlineDag('slow', [untilStopped('waits')]));
});
afterAll(() => project.remove());

/** The run that an engine has just begun, when its component is at work. */
async function begun(engine: RunningEngine): Promise<string> {
  const started = await engine.line(/"type":"run_started"/);
  await engine.line(/"has begun"/);
  return (JSON.parse(started) as { readonly runId: string }).runId;
}

const slow = () => project.start(['run', '--dag', 'slow', '--output', 'json']);

const ended = async (run: string) =>
  JSON.parse((await project.engine(['history', '--run', run, '--output', 'json'])).stdout);

describe('engine cancel', () => {
  it('has the run stopped by its own engine, waits for that, and says who wanted it', async () => {
    const engine = slow();
    const run = await begun(engine);
    const { code, stderr } = await project.engine(['cancel', run.slice(-6), '--reason', 'wrong day']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `run ${run} is cancelled\n` });
    expect((await engine.exit).code).toBe(1);
    expect(await ended(run)).toMatchObject({
      status: 'cancelled',
      reason: 'cancelled',
      cancel: { reason: 'wrong day' },
      components: [{ status: 'cancelled', reason: 'cancelled', attempts: [{ status: 'cancelled' }] }],
    });
    const { stdout } = await project.engine(['history', '--run', run]);
    expect(stdout).toMatch(/wanted it stopped at .*: wrong day\n/);
    const again = await project.engine(['cancel', run]);
    expect(again).toMatchObject({ code: 0, stderr: `run ${run} had ended already: cancelled\n` });
    expect(await project.rows('select action from audit')).toEqual([{ action: 'run_cancel' }]);
  });

  it('does not wait when it need not', async () => {
    const engine = slow();
    const run = await begun(engine);
    const { code, stderr } = await project.engine(['cancel', run, '--no-wait']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`run ${run} is told to stop`) });
    expect((await engine.exit).code).toBe(1);
    expect(await ended(run)).toMatchObject({ status: 'cancelled' });
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
    expect(await ended(run)).toMatchObject({
      status: 'cancelled',
      components: [{ status: 'cancelled', attempts: [{ status: 'lost' }] }],
    });
  });

  it('refuses what names no run', async () => {
    const { code, stderr } = await project.engine(['cancel', '0000beef']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('which names none') });
  });
});
