import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cronLine } from '../../../engine/cli/crontab/cron-line.ts';
import { systemdUnits } from '../../../engine/cli/crontab/systemd-units.ts';
import type { TickTask } from '../../../engine/cli/crontab/tick-task.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';
import { type StandInCrontab, standInCrontab } from './stand-in-crontab.ts';

let project: CommandProject;
let table: StandInCrontab;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/few.ts', inlineDag('few', ["{ id: 'only', run: async () => 1 }"], "schedule: '0 * * * *',"));
  table = standInCrontab();
});
beforeEach(() => table.clear());
afterAll(async () => {
  await project.remove();
  table.remove();
});

const crontab = (...args: string[]) =>
  project.engine(['crontab', ...args], { PATH: table.path, DATABASE_URL: undefined });

describe('engine crontab', () => {
  it('installs one line, again and again, and leaves the others as they are', async () => {
    table.write('MAILTO=ops@example.org\n5 4 * * * backup');
    expect(await crontab('install', '--env', 'dev')).toMatchObject({ code: 0 });
    const once = table.read();
    expect(once).toMatch(
      /^MAILTO=ops@example\.org\n5 4 \* \* \* backup\n# signalbox: tick of dev in .*\n\* \* \* \* \* cd /,
    );
    expect(await crontab('install', '--env', 'dev')).toMatchObject({ code: 0 });
    expect(table.read()).toBe(once);
    await crontab('install', '--env', 'dev', '--schedule', '*/5 * * * *');
    expect(table.read()).toBe(once.replace('\n* * * * * cd', '\n*/5 * * * * cd'));
    expect(await crontab('remove', '--env', 'dev')).toMatchObject({ code: 0 });
    expect(table.read()).toBe('MAILTO=ops@example.org\n5 4 * * * backup\n');
  });

  it('keeps a line for each environment', async () => {
    await crontab('install', '--env', 'dev');
    await crontab('install', '--env', 'prd', '--ping', 'https://ping.example.org/100%25');
    await crontab('remove', '--env', 'dev');
    const { stdout, stderr } = await crontab('show', '--env', 'prd');
    expect(stderr).toBe('installed:\n');
    expect(stdout).toContain("tick --env prd --quiet --ping 'https://ping.example.org/100\\%25'");
    expect((await crontab('show', '--env', 'dev')).stderr).toBe('not installed; it would be:\n');
  });

  it('guesses no environment', async () => {
    const { code, stderr } = await crontab('install');
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: 'signalbox: expected --env, got none, and none is guessed\n  Name one: --env sandbox, dev or prd.\n',
    });
    expect(table.exists).toBe(false);
  });

  it('writes no password into a crontab', async () => {
    const env = { PATH: table.path, DATABASE_URL: 'postgres://me:hunter2@localhost/db' };
    const { code, stderr } = await project.engine(['crontab', 'install', '--env', 'dev'], env);
    expect(code).toBe(78);
    expect(stderr).toMatch(/^signalbox: expected DATABASE_URL in \.env, got it from this shell/);
    expect(table.exists).toBe(false);
  });

  it('refuses a pattern that cron would not take', async () => {
    const { code, stderr } = await crontab('install', '--env', 'dev', '--schedule', '61 * * * *');
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected --schedule to be .*0.*59.*, got `61 \* \* \* \*`/);
  });

  it('says what to do where there is no cron', async () => {
    const { code, stderr } = await project.engine(['crontab', 'show', '--env', 'dev'], {
      PATH: '/nowhere',
      DATABASE_URL: undefined,
    });
    expect(code).toBe(78);
    expect(stderr).toContain('Install cron (Debian: `apt install cron`), or use --systemd.');
  });
});

const odd: TickTask = {
  environment: 'dev',
  projectDirectory: `${tmpdir()}/it's "50%" $HOME \\ here`,
  program: [process.execPath, '-p'],
  args: ['JSON.stringify([process.cwd(), process.env.GREETING, process.argv.slice(1)])', '--', "a 'b' 100% $x"],
  variables: { GREETING: 'hello  $USER' },
};

describe('a line of cron', () => {
  it('comes through sh as it was meant, whatever is in it', () => {
    mkdirSync(odd.projectDirectory, { recursive: true });
    const line = cronLine('* * * * *', odd);
    expect(line).not.toMatch(/(?<!\\)%/);
    const command = line.replace('* * * * * ', '').replaceAll('\\%', '%');
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual([odd.projectDirectory, 'hello  $USER', ["a 'b' 100% $x"]]);
    rmSync(odd.projectDirectory, { recursive: true });
  });

  it('is refused where cron would cut it off', () => {
    const long = { ...odd, variables: { PATH: '/somewhere'.repeat(100) } };
    expect(() => cronLine('* * * * *', long)).toThrow(/expected a command of at most 990 characters/);
  });
});

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe.skipIf(!hasAnalyze)('the units (needs systemd-analyze)', () => {
  it('are valid, and leave the embedded server alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-units-'));
    const directory = join(folder, 'my 50% "project"');
    mkdirSync(directory);
    const units = systemdUnits({ ...odd, projectDirectory: directory });
    for (const { name, content } of units) writeFileSync(join(folder, name), content);
    const paths = units.map(({ name }) => join(folder, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', ...paths], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(units[0].content).toMatch(/^KillMode=process$/m);
    rmSync(folder, { recursive: true });
  });
});
