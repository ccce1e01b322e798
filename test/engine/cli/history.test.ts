import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../engine/model/summary.ts';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;
let good: RunSummary;
let bad: RunSummary;

/** Fails while there is a file `broken` beside it. */
const dag = `import { existsSync } from 'node:fs';
import { component, defineDag } from 'signalbox';

const first = component({ id: 'first', isolation: 'inline', retries: { max: 1, delay: '1ms' }, run: async ({ log, sql }) => {
  log.info('reading', { page: 1 });
  if (existsSync('broken')) throw new Error('out of luck');
  const session = await sql();
  const columns = [{ name: 'id', type: 'INTEGER' }, { name: 'name', type: 'VARCHAR' }];
  await session.stageRows('things', columns, [[1, 'one'], [2, null]]);
  return { n: 2 };
} });
const second = component({ id: 'second', isolation: 'inline', dependsOn: { first }, run: async () => 2 });

export default defineDag({ id: 'steps', components: [first, second] });
`;

async function run(): Promise<RunSummary> {
  const { stdout } = await project.engine(['run', '--dag', 'steps', '--output', 'json']);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunSummary;
}

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/steps.ts', dag);
  good = await run();
  project.write('broken', '');
  bad = await run();
});
afterAll(() => project.remove());

describe('engine history', () => {
  it('lists runs, newest first, of the environment it names', async () => {
    const { code, stdout, stderr } = await project.engine(['history', '--dag', 'steps']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'environment sandbox\n' });
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(new RegExp(`^${bad.runId} +steps +failed .* 1 failed, 1 upstream failed$`));
    expect(lines[2]).toMatch(new RegExp(`^${good.runId} +steps +success .* 2 success$`));
    expect((await project.engine(['history', '--limit', '1'])).stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('shows a run in full: components, attempts, decisions', async () => {
    const { code, stdout } = await project.engine(['history', '--run', bad.runId]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^first: failed \(error\)/m);
    expect(stdout).toMatch(/^ {2}> declared_input: it declares neither a source nor an upstream/m);
    expect(stdout).toMatch(/^ {4}attempt 1 failed .*out of luck$/m);
    expect(stdout).toMatch(/^ {4}attempt 2 failed .*out of luck$/m);
    expect(stdout).toMatch(/^second: upstream failed/m);
  });

  it('finds a run as the last one and by the end of its id', async () => {
    expect((await project.engine(['history', '--run', 'last'])).stdout).toContain(`run ${bad.runId}\n`);
    expect((await project.engine(['history', '--run', good.runId.slice(-8)])).stdout).toContain(`run ${good.runId}\n`);
    const { code, stderr } = await project.engine(['history', '--run', 'last', '--env', 'dev']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected a run in environment dev, got none so far');
  });

  it('lists the runs that a part of an id may mean', async () => {
    const { code, stderr } = await project.engine(['history', '--run', good.runId.slice(0, 4)]);
    expect(code).toBe(2);
    expect(stderr).toContain('which names several');
    expect(stderr).toContain(`\n  ${bad.runId}  steps in sandbox, failed, `);
    expect(stderr).toContain(`\n  ${good.runId}  steps in sandbox, success, `);
    expect((await project.engine(['history', '--run', 'ffffffff'])).stderr).toContain('which names none');
  });

  it('refuses a run and a DAG that nobody knows', async () => {
    expect(await project.engine(['history', '--run', 'ffffffff'])).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await project.engine(['history', '--dag', 'stesp']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean `steps`?');
    expect((await project.engine(['history', '--env', 'dev'])).stderr).toBe('no runs in environment dev\n');
  });
});

it('engine status tells where each component stands', async () => {
  const { code, stdout } = await project.engine(['status']);
  expect(code).toBe(0);
  expect(stdout).toContain(`steps in sandbox, run ${bad.runId}\n`);
  expect(stdout).toMatch(/^first +failed +\S+ \S+Z +\S+ \S+Z +.*out of luck$/m);
  expect(stdout).toMatch(/^second +upstream failed /m);
  expect((await project.engine(['status', '--env', 'prd'])).stdout).toBe('steps has never run in prd\n');
});

describe('engine logs', () => {
  it('prints what each attempt logged', async () => {
    const { code, stdout } = await project.engine(['logs', bad.runId, 'first']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^first, attempt 1: .*first\.1\.ndjson\n\S+Z info {2}reading {"page":1}$/m);
    expect(stdout).toContain('first, attempt 2: ');
    const { stdout: json } = await project.engine(['logs', good.runId, '--output', 'json']);
    expect(JSON.parse(json)).toMatchObject([{ component: 'first', attempt: 1, lines: [{ message: 'reading' }] }]);
  });

  it('shows what made an attempt fail, with its stack', async () => {
    const { stdout } = await project.engine(['logs', bad.runId, 'first']);
    expect(stdout).toMatch(/^\S+Z error .*out of luck.*\n {2}Error: out of luck\n {6}at .*steps/m);
  });

  it('refuses a component that the run has not', async () => {
    const { code, stderr } = await project.engine(['logs', good.runId, 'frist']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean `first`?');
  });
});

describe('engine data', () => {
  it('lists the newest versions', async () => {
    const { code, stdout, stderr } = await project.engine(['data', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'environment sandbox\n' });
    expect(stdout).toMatch(/^things +steps +2 +\S+ k?B +\S+ \S+Z +\/.*things_\d{8}T\d{6}Z\.parquet$/m);
  });

  it('gives the path as the manifest has it', async () => {
    const { code, stdout } = await project.engine(['data', 'path', 'things']);
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toBe(join(good.storageRoot, good.components[0]?.datasets[0]?.path ?? ''));
    expect(existsSync(stdout.trimEnd())).toBe(true);
  });

  it('answers SQL over views', async () => {
    const { code, stdout } = await project.engine(['data', 'query', 'SELECT id, name FROM things ORDER BY id']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'id  name\n1   one\n2\n' });
    const json = await project.engine(['data', 'query', 'FROM things ORDER BY id DESC', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toEqual([
      { id: 2, name: null },
      { id: 1, name: 'one' },
    ]);
  });

  it('answers about the other datasets when the file of one is gone', async () => {
    const { stdout: file } = await project.engine(['data', 'path', 'things']);
    renameSync(file.trim(), join(project.root, 'aside'));
    const { code, stdout, stderr } = await project.engine(['data', 'query', 'SELECT 1 AS one']);
    renameSync(join(project.root, 'aside'), file.trim());
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\n1\n' });
    expect(stderr).toContain('the file is gone, so not here until the next run: things\n');
  });

  it.each([
    ['no dataset of that name', ['path', 'thingz'], 'did you mean `things`?'],
    ['no table of that name', ['query', 'FROM thingz'], 'thingz'],
    ['a statement that writes', ['query', "COPY things TO 'out.csv'"], 'expected one SELECT'],
    ['a SELECT with another statement behind it', ['query', "SELECT 1; COPY things TO 'out.csv'"], 'got 2 statements'],
    [
      'an EXPLAIN that would carry it out',
      ['query', "EXPLAIN ANALYZE COPY things TO 'out.csv'"],
      'expected one SELECT',
    ],
  ])('refuses %s', async (_, args, problem) => {
    const { code, stdout, stderr } = await project.engine(['data', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(existsSync(join(project.root, 'out.csv'))).toBe(false);
  });

  it('says of a dataset of several DAGs that it is, and how to choose', async () => {
    project.write('dags/twin.ts', dag.replaceAll("'steps'", "'twin'").replace("existsSync('broken')", 'false'));
    expect((await project.engine(['run', '--dag', 'twin'])).code).toBe(0);
    const { code, stderr } = await project.engine(['data', 'query', 'SELECT count(*) FROM Things']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected one dataset `things`, got one in each of (steps, twin|twin, steps)\n/);
    expect(stderr).toMatch(/ Choose with --dag (steps or --dag twin|twin or --dag steps)\.\n/);
    expect(stderr).not.toContain('Catalog Error');
    const chosen = await project.engine(['data', 'query', '--dag', 'twin', 'SELECT id FROM things ORDER BY id']);
    expect(chosen).toMatchObject({ code: 0, stdout: 'id\n1\n2\n' });
  });
});
