import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';
import { type StandInCrontab, standInCrontab } from './stand-in-crontab.ts';

let project: CommandProject;
let table: StandInCrontab;
let line: string;

beforeAll(async () => {
  project = await commandProject();
  table = standInCrontab();
  project.write('dags/few.ts', inlineDag('few', ["{ id: 'only', run: async () => 1 }"], "schedule: '0 * * * *',"));
  await project.engine(['crontab', 'install', '--env', 'dev'], { PATH: table.path, DATABASE_URL: undefined });
  line = table.read();
});
beforeEach(() => table.clear());
afterAll(async () => {
  await project.remove();
  table.remove();
});

/** What it says about ticks, and its exit code. */
async function told() {
  const { code, stdout } = await project.engine(['doctor'], { PATH: table.path });
  return { code, lines: stdout.split('\n').filter((text, index, all) => /tick/.test(text + (all[index - 1] ?? ''))) };
}

describe('doctor', () => {
  it('warns where a DAG has a schedule and nothing ticks', async () => {
    expect(await told()).toEqual({
      code: 0,
      lines: [
        'warn  tick: nothing ticks, so that no schedule starts a run: few',
        '      node engine crontab install --env prd',
      ],
    });
  });

  it('fails on a line in the crontab from which no tick ever came', async () => {
    table.write(line);
    expect(await told()).toMatchObject({
      code: 1,
      lines: [
        'fail  tick of dev: its line is in the crontab, but no tick ever came',
        '      See that the cron daemon runs, and what it mailed.',
      ],
    });
  });

  it('is content with a line and a tick of just now, and warns without the line', async () => {
    await project.engine(['tick', '--env', 'dev', '--quiet']);
    table.write(line);
    const well = await told();
    expect(well.code).toBe(0);
    expect(well.lines[0]).toMatch(/^ok {4}tick of dev: the last one was [\d.]+m?s ago on /);
    table.clear();
    const { code, lines } = await told();
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^warn {2}tick of dev: the last one was .*, but this user's crontab has no line for it$/);
    expect(lines[1]).toBe('      node engine crontab install --env dev');
  });

  it('warns of a tick in which something went wrong', async () => {
    table.write(line);
    await project.rows('update tick set is_well = false');
    const { code, lines } = await told();
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^warn {2}tick of dev: the last one was .*, and not all went well in it$/);
    expect(lines[1]).toBe('      node engine history --env dev');
  });

  it('fails on an old tick', async () => {
    table.write(line);
    await project.rows("update tick set started_at = now() - interval '3 hours'");
    const { code, lines } = await told();
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^fail {2}tick of dev: the last one was 3h 00m ago on /);
    expect(lines[1]).toBe('      See that the cron daemon runs.');
  });
});
