import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulation } from '../../../engine/model/simulation.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  const components = [
    "{ id: 'each', run: async () => 1 }",
    "{ id: 'night', cron: '30 2 * * *', timeout: '7m', run: async () => 2 }",
  ];
  project.write('dags/paris.ts', inlineDag('paris', components, "schedule: '0 * * * *', timezone: 'Europe/Paris',"));
  project.write('dags/bare.ts', inlineDag('bare', ["{ id: 'only', run: async () => 1 }"]));
});
afterAll(() => project.remove());

const simulate = (...args: string[]) => project.engine(['simulate', ...args]);

describe('engine simulate', () => {
  it('tells each day, each component, and what a change of the clocks does', async () => {
    await project.engine(['run', '--dag', 'paris', '--component', 'each', '--quiet']);
    const { code, stdout, stderr } = await simulate('--dag', 'paris', '--from', '2027-03-27', '--days', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^paris in sandbox, 2027-03-27 00:00:00Z to 2027-03-29 00:00:00Z: 48 runs$/m);
    expect(stdout).toMatch(/^each +48 .* its past runs$/m);
    expect(stdout).toMatch(/^night +3 +45 +21m 00s +0 +0ms +its timeout, it has not run yet$/m);
    expect(stdout).toMatch(/^2027-03-28 +24 +25 +2 +7m 00s$/m);
    expect(stdout).toContain(
      'clock change 30 2 * * * Europe/Paris: clocks go forward by 60 minutes: 1 slot in the 24 hours around it, 1 in those before; 2027-03-28 01:00:00Z\n',
    );
  });

  it('gives every run as JSON, in whichever environment, and writes nothing', async () => {
    const before = await project.rows('select id from run');
    const args = ['--dag', 'paris', '--from', '2027-01-01', '--days', '1', '--env', 'prd', '--output', 'json'];
    const { code, stdout } = await simulate(...args);
    expect(code).toBe(0);
    const { runs, findings, ...rest } = JSON.parse(stdout) as Simulation;
    expect(rest).toMatchObject({ dag: 'paris', environment: 'prd', from: '2027-01-01T00:00:00.000Z' });
    expect(runs).toHaveLength(24);
    expect(runs[0]).toMatchObject({
      slot: '2027-01-01T01:00:00.000Z',
      // As they ended: what never ran is taken to take its timeout.
      components: [
        { component: 'night', verdict: 'run', reason: 'first_run' },
        { component: 'each', verdict: 'run', reason: 'first_run' },
      ],
    });
    expect(findings).toEqual([]);
    expect(await project.rows('select id from run')).toEqual(before);
  });

  it('says so where a DAG has no slots', async () => {
    const { code, stdout } = await simulate('--dag', 'bare', '--days', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^bare in sandbox, .*: 0 runs; it has no slot in this time\n$/);
  });

  it.each([
    ['no DAG', [], 'expected --dag, got none'],
    ['no days', ['--dag', 'paris', '--days', '0'], 'a whole number from 1 to 366'],
  ])('refuses %s', async (_, args, message) => {
    const refused = await simulate(...args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});
