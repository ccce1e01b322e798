import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ForeseenRun } from '../../../engine/model/foreseen.ts';
import { type CommandProject, commandProject, inlineDag, untilStopped } from './command-project.ts';

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  const yearly = "{ id: 'yearly', frequency: 'yearly', run: async () => 1 }";
  const never = "{ id: 'never', enabled: false, run: async () => 2 }";
  project.write('dags/few.ts', inlineDag('few', [yearly, never], "schedule: '0 * * * *',"));
  project.write('dags/long.ts', inlineDag('long', [untilStopped('only')]));
  await project.engine(['run', '--dag', 'few', '--env', 'dev', '--quiet']);
});
afterAll(() => project.remove());

const state = (...args: string[]) => project.engine(['state', ...args, '--env', 'dev']);

/** As if its newest success were of two years ago. */
const setBack = () => project.rows("update claim set as_of = now() - interval '2 years' where component = 'yearly'");

async function reasonNow(): Promise<string | undefined> {
  const { stdout } = await project.engine(['plan', '--dag', 'few', '--env', 'dev', '--due', '--output', 'json']);
  const [yearly] = (JSON.parse(stdout) as ForeseenRun).components;
  return yearly?.kind === 'certain' ? yearly.decision.reason : undefined;
}

describe('engine state', () => {
  it('touch makes what is due not due until its next slot', async () => {
    await setBack();
    expect(await reasonNow()).toBe('undeclared_input');
    expect(await state('touch', 'few.yearly')).toEqual(
      expect.objectContaining({
        code: 0,
        stdout: '',
        stderr: 'few.yearly in dev counts as answered up to now: it is due again at its next slot\n',
      }),
    );
    expect(await reasonNow()).toBe('not_due');
  });

  it('shows what is remembered, and who changed it', async () => {
    const { code, stdout } = await state('show', 'few.yearly');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^few\.yearly in dev\nlast success {4}[-\d]+ [\d:]+Z, component run [\da-f-]+$/m);
    expect(stdout).toMatch(
      new RegExp(`^changed by hand:\\n {2}[-\\d]+ [\\d:]+Z state touch by ${userInfo().username}$`, 'm'),
    );
    const { stdout: all } = await state('show', 'few');
    expect(all).toMatch(
      /^component +last success +answered until +output +sources\nyearly +[-\d]+ [\d:]+Z .*\nnever +never$/m,
    );
  });

  it('reset makes the next run as good as the first', async () => {
    expect(await state('reset', 'few.yearly')).toMatchObject({ code: 0, stdout: '' });
    const shown = JSON.parse((await state('show', 'few.yearly', '--output', 'json')).stdout);
    expect(shown).toMatchObject({
      component: 'yearly',
      lastSuccess: null,
      audit: [{ action: 'state_reset', who: userInfo().username }, { action: 'state_touch' }],
    });
    expect(await reasonNow()).toBe('first_run');
  });

  it.each(['reset', 'touch'])('%s is busy while a run is at work', async (change) => {
    const working = project.start(['run', '--dag', 'long', '--env', 'dev', '--verbose']);
    await working.line(/has begun/);
    const { code, stderr } = await state(change, 'long.only');
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: 'signalbox: long.only is at work just now\n  Try again when its run has ended.\n',
    });
    working.kill('SIGTERM');
    await working.exit;
    expect(await project.rows("select 1 from audit where dag = 'long'")).toEqual([]);
  });

  it.each([
    ['no environment', ['reset', 'few.yearly'], 78, 'expected --env, got none'],
    ['a whole DAG', ['reset', 'few', '--env', 'dev'], 2, 'expected <dag>.<component>, got `few`'],
    ['what never succeeded', ['touch', 'few.never', '--env', 'dev'], 2, '`node engine state show few --env dev`'],
    ['another name', ['touch', 'few.yearyl', '--env', 'dev'], 2, 'did you mean `yearly`?'],
  ])('refuses %s', async (_, args, code, message) => {
    const refused = await project.engine(['state', ...args]);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});
