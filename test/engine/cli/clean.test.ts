import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;
let quarantined: string;

beforeAll(async () => {
  project = await commandProject();
  project.write(
    'dags/ill.ts',
    inlineDag('ill', [`{ id: 'only', retries: { max: 0 }, run: async ({ log }) => { log.info('x'); } }`]),
  );
  for (let times = 0; times < 3; times += 1) await project.engine(['run', '--dag', 'ill', '--env', 'dev']);
  quarantined = join(project.root, 'home', 'data', 'dev', 'quarantine', 'ill', 'only', 'only-1.ndjson');
  mkdirSync(join(quarantined, '..'), { recursive: true });
  writeFileSync(quarantined, '{}');
  utimesSync(quarantined, 0, 0);
});
afterAll(() => project.remove());

const logs = () => readdirSync(join(project.root, 'home', 'logs', 'runs')).length;

async function clean(...flags: string[]) {
  const { code, stdout } = await project.engine(['db', 'clean', '--env', 'dev', '--output', 'json', ...flags]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

it('engine db clean guesses no environment, and neither goes ahead unasked nor takes a day to come', async () => {
  expect(await project.engine(['db', 'clean', '--yes'])).toMatchObject({ code: 78 });
  expect((await project.engine(['db', 'clean', '--env', 'dev'])).stderr).toContain('expected --yes or --dry-run');
  const { code, stderr } = await project.engine(['db', 'clean', '--env', 'dev', '--yes', '--before', '2999-01-01']);
  expect(code).toBe(2);
  expect(stderr).toContain('expected --before to be an age such as 30d, or a day that is past, got `2999-01-01`');
});

it('engine db clean goes by the settings: old artifacts, and younger history stays', async () => {
  await project.rows(`update run set finished_at = finished_at - interval '10 days'`);
  const foreseen = await clean('--dry-run');
  expect(foreseen).toMatchObject({ dryRun: true, rows: { run: 0 }, files: { logs: 3, quarantined: 1 } });
  expect(logs()).toBe(3);
  expect(await clean('--yes')).toEqual({ ...foreseen, dryRun: false, before: expect.anything() });
  expect(logs()).toBe(0);
  expect(existsSync(quarantined)).toBe(false);
});

it('engine db clean --before forgets runs that are older, but not the one that tells how things stand', async () => {
  const { stdout } = await project.engine(['db', 'clean', '--env', 'dev', '--before', '1d', '--yes']);
  expect(stdout).toMatch(/^removed in dev: 1 runs, 1 component runs, 1 attempts, 0 slots, /);
  expect((await project.engine(['status', '--env', 'dev'])).stdout).toContain('success');
});
