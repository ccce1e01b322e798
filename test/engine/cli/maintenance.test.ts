import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { stopEmbedded } from '../../../state/embedded/stop-embedded.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;
let home: string;

beforeAll(async () => {
  project = await commandProject('embedded');
  home = join(project.root, 'home');
  project.write('dags/fine.ts', inlineDag('fine', ["{ id: 'only', secrets: ['SOME_KEY'], run: async () => 1 }"]));
});
afterAll(async () => {
  await stopEmbedded({ home, force: true });
  await project.remove();
});

describe('engine db, on the embedded server,', () => {
  it('says where it is without starting it', async () => {
    const { code, stdout } = await project.engine(['db', 'status', '--output', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ kind: 'embedded', place: join(home, 'database', 'data'), running: false });
    expect(existsSync(join(home, 'database'))).toBe(false);
  });

  it('makes the tables, and tells their version while the server runs', async () => {
    const { code, stdout } = await project.engine(['db', 'migrate']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^schema version (\d+) of \1\n {2}1 /) });
    const server = await openEmbedded({ home });
    const status = await project.engine(['db', 'status']);
    expect(status.stdout).toMatch(/^embedded database at .*, process \d+: running\nschema version/);
    expect(await project.engine(['db', 'stop'])).toMatchObject({ code: 75, stdout: '' });
    expect(await project.engine(['db', 'reset', '--yes'])).toMatchObject({ code: 75, stdout: '' });
    await server.close();
    expect((await project.engine(['db', 'stop'])).stdout).toBe('the embedded database does not run\n');
  });

  it('is reset only with --yes', async () => {
    const refused = await project.engine(['db', 'reset']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --yes') });
    expect(existsSync(join(home, 'database'))).toBe(true);
    expect((await project.engine(['db', 'reset'], { SIGNALBOX_YES: 'true' })).code).toBe(0);
    expect(existsSync(join(home, 'database'))).toBe(false);
  });
});

describe('engine db, by URL,', () => {
  let byUrl: CommandProject;

  beforeAll(async () => {
    byUrl = await commandProject();
    byUrl.write('dags/fine.ts', inlineDag('fine', ["{ id: 'only', run: async () => 1 }"]));
    await byUrl.engine(['run', '--dag', 'fine']);
  });
  afterAll(() => byUrl.remove());

  it('runs SQL from -c, one table for each statement', async () => {
    const sql = "SELECT dag, status FROM run; UPDATE run SET reason = 'x' WHERE false; SELECT 1 AS one, null AS none";
    const { code, stdout, stderr } = await byUrl.engine(['db', 'shell', '-c', sql]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'dag   status\nfine  success\none  none\n1\n' });
    expect(stderr).toBe('1 row\nUPDATE 0\n1 row\n');
    const json = await byUrl.engine(['db', 'shell', '-c', 'SELECT dag FROM run', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ command: 'SELECT', rows: [{ dag: 'fine' }] }]);
  });

  it('tells what is wrong with SQL, without a stack or a word about the log of the server', async () => {
    const { code, stderr } = await byUrl.engine(['db', 'shell', '-c', 'SELEC 1']);
    expect(code).toBe(1);
    expect(stderr).toContain('syntax error at or near "SELEC"');
    expect(stderr).not.toContain('See the log');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is not stopped, and is reset by emptying its tables', async () => {
    expect((await byUrl.engine(['db', 'stop'])).code).toBe(2);
    expect((await byUrl.engine(['db', 'reset', '--yes'])).code).toBe(0);
    expect((await byUrl.engine(['history'])).stderr).toBe('no runs in environment sandbox\n');
  });

  it('that cannot be reached is told by one message, without its password', async () => {
    const url = 'postgres://somebody:hunter2@127.0.0.1:1/nothing';
    const { code, stderr } = await byUrl.engine(['history'], { DATABASE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:1/nothing');
    expect(stderr).not.toContain('hunter2');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('engine doctor', () => {
  it('finds all well, and names the secrets that are missing', async () => {
    const { code, stdout } = await project.engine(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}database: reached at /m);
    expect(stdout).toMatch(/^ok {4}dag: fine loads from /m);
    expect(stdout).toMatch(/^ok {4}child process: starts and is ready$/m);
    expect(stdout).toMatch(/^warn {2}environment prd: only needs the secret SOME_KEY, which is not set\n {6}Set it /m);
    expect(stdout).not.toMatch(/^fail/m);
  });

  it('ends with 1 and says what to do when something is wrong', async () => {
    const ill = await commandProject();
    ill.write('dags/torn.ts', 'export default');
    const settings = { DATABASE_URL: 'postgres://127.0.0.1:1/nothing', SIGNALBOX_GRACE: 'soon' };
    const { code, stdout } = await ill.engine(['doctor', '--output', 'json'], settings);
    await ill.remove();
    expect(code).toBe(1);
    const findings = JSON.parse(stdout) as { level: string; subject: string; hint?: string }[];
    const failing = findings.filter(({ level }) => level === 'fail');
    expect(new Set(failing.map(({ subject }) => subject))).toEqual(
      new Set(['database', 'dag', 'environment sandbox', 'environment dev', 'environment prd', 'child process']),
    );
    expect(failing.every(({ hint }) => hint !== undefined && hint !== '')).toBe(true);
  });
});
