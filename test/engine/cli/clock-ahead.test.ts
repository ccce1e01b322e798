import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  project.write(
    'dags/hourly.ts',
    inlineDag('hourly', [`{ id: 'only', run: async () => null }`], `schedule: '@hourly',`),
  );
});
afterAll(() => project.remove());

it('a clock that was ahead is told of by each tick and by the doctor, with what to do, and that helps', async () => {
  await project.engine(['tick', '--env', 'dev']);
  const database = new Client({ connectionString: project.databaseUrl });
  await database.connect();
  await project.engine(['run', '--dag', 'hourly', '--env', 'dev']);
  await database.query(`update signalbox.schedule set watermark = watermark + interval '1 year'`);
  await database.query(`update signalbox.claim set as_of = as_of + interval '1 year'`);
  await database.end();
  const told = /slots are on record up to .*because a clock was ahead/;
  expect((await project.engine(['tick', '--env', 'dev', '--quiet'])).stderr).toMatch(told);
  const { stdout } = await project.engine(['doctor']);
  expect(stdout).toMatch(told);
  expect(stdout).toMatch(/pause hourly --env dev, then .*unpause hourly --env dev/);
  expect(stdout).toMatch(/slots count as answered up to .*because a clock was ahead/);
  expect(stdout).toMatch(/state touch hourly\.only --env dev/);
  for (const command of ['pause', 'unpause']) await project.engine([command, 'hourly', '--env', 'dev']);
  await project.engine(['state', 'touch', 'hourly.only', '--env', 'dev']);
  expect((await project.engine(['doctor'])).stdout).not.toContain('clock was ahead');
  expect(await project.engine(['tick', '--env', 'dev', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
});
