import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/fine.ts', inlineDag('fine', [`{ id: 'only', run: async () => 1 }`]));
  await project.engine(['run', '--dag', 'fine']);
});
afterAll(() => project.remove());

interface Found {
  readonly level: string;
  readonly subject: string;
  readonly message: string;
  readonly hint?: string;
}

const known = ['package', 'node', 'home', 'database', 'schema', 'dag', 'child process'];

async function examine(...flags: string[]) {
  const { code, stdout } = await project.engine(['doctor', '--output', 'json', ...flags]);
  const found = (JSON.parse(stdout) as Found[]).filter(
    ({ subject }) => !known.includes(subject) && !subject.startsWith('environment'),
  );
  return { code, found };
}

it('engine doctor is content with the records of a good run', async () => {
  expect(await examine('--deep')).toMatchObject({ code: 0, found: [{ level: 'ok', subject: 'records' }] });
});

it('engine doctor names what must not be, and what it says mends it', async () => {
  await project.rows(`update run set status = 'failed'`);
  await project.rows(`update component_run set attempts = 2`);
  const { code, found } = await examine();
  expect(code).toBe(1);
  expect(found).toMatchObject([{ level: 'fail', subject: 'attempts-are-numbered-without-holes' }]);
  const sql = /db shell -c "(.*)"$/.exec(found[0]?.hint ?? '')?.[1] ?? '';
  expect((await project.engine(['db', 'shell', '-c', sql])).stderr).toBe('UPDATE 1\n');
  expect(await examine()).toMatchObject({ code: 0, found: [{ level: 'ok' }] });
});

it('engine doctor warns of slots that wait for a DAG whose file is gone', async () => {
  const slot = `insert into slot (environment, dag, component, slot, status, trigger)
    values ('dev', 'gone', '', '2026-03-01T00:00:00Z', 'due', 'scheduled')`;
  await project.rows(slot);
  const torn = join(project.root, 'dags', 'torn.ts');
  const { code, found } = await examine();
  expect(code).toBe(0);
  expect(found).toMatchObject([
    {
      level: 'warn',
      subject: 'slots of gone in dev',
      message: 'the slot 2026-03-01 00:00:00Z waits for a run, but no file in dags/ holds that DAG',
    },
  ]);
  writeFileSync(torn, 'export default');
  expect((await examine()).found).toMatchObject([{ level: 'ok', subject: 'records' }]);
  rmSync(torn);
});
