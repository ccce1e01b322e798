import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { type CommandProject, commandProject } from '../engine/cli/command-project.ts';
import { bundleProcess } from '../harness/run-bundle.ts';

const isDeep = process.env.TEST_DEEP === '1';
const codes = ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EROFS'];

let project: CommandProject;
let preload: string;
let storage: string;

beforeAll(async () => {
  project = await commandProject();
  const folder = join(project.root, 'preload');
  mkdirSync(folder);
  preload = await bundleProcess(new URL('./fixtures/failing-files-preload.ts', import.meta.url), folder);
  storage = join(project.root, 'storage', 'dev');
  project.write(
    'dags/files.ts',
    `import { component, defineDag } from 'signalbox';
    const run = async ({ sql, files }) => {
      await files.quarantine({ dataset: 'rows', file: 'x', reason: 'odd', raw: 'x' });
      return { rows: (await (await sql()).stage('rows', 'select * from range(10)')).rows };
    };
    export default defineDag({ id: 'files', components: [component({ id: 'only', retries: { max: 1, delay: '1ms' }, run })] });`,
  );
});
afterAll(() => project?.remove());

/** One run in processes of its own. Which call failed, or nothing where none was left to fail. */
function runFailing(who: 'engine' | 'child', at: number, code: string) {
  const log = join(project.root, `failed-${who}-${at}-${code}`);
  const url = pathToFileURL(preload);
  url.search = new URLSearchParams({ root: storage, at: String(at), code, who, log }).toString();
  const args = ['--import', url.href, join(projectRoot, 'engine'), 'run', '--dag', 'files', '--env', 'dev', '--force'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.root,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      SIGNALBOX_HOME: join(project.root, 'home'),
      SIGNALBOX_STORAGE: join(project.root, 'storage', '{environment}'),
      DATABASE_URL: project.databaseUrl,
    },
  });
  const failed = existsSync(log) ? readFileSync(log, 'utf8').trim() : undefined;
  return { status, failed, said: `${code} at call ${at}: ${failed}\n${stdout}${stderr}` };
}

async function expectTidy(said: string): Promise<void> {
  const all = readdirSync(storage, { recursive: true }).map(String);
  const left = all.filter((path) => /^(curated\/\.staging|scratch)\/|\.part$|\._latest\./.test(path));
  expect.soft(left, said).toEqual([]);
  const onDisk = all
    .filter((path) => path.endsWith('.parquet'))
    .map((path) => `${path} ${statSync(join(storage, path)).size}`);
  const rows = await project.rows<{ path: string; bytes: string }>('select path, bytes from dataset_version');
  expect.soft(new Set(onDisk), said).toEqual(new Set(rows.map(({ path, bytes }) => `${path} ${bytes}`)));
}

/** The first calls, or all of them; each costs two starts of the engine. */
it.each(['engine', 'child'] as const)(
  'a call on a file that fails in the process of the %s costs a try at most',
  async (who) => {
    let failures = 0;
    for (let at = 1; ; at += 1) {
      const index = isDeep ? at : at * 7;
      const { status, failed, said } = runFailing(who, index, codes[at % codes.length] ?? 'EIO');
      if (failed === undefined) break;
      failures += 1;
      expect.soft(status, said).toBe(0);
      if (!isDeep && failures === 2) break;
      const clean = runFailing(who, 0, '');
      expect.soft(clean.status, clean.said).toBe(0);
      await expectTidy(said);
    }
    const clean = runFailing(who, 0, '');
    expect(clean.status, clean.said).toBe(0);
    await expectTidy(clean.said);
    expect(failures).toBeGreaterThanOrEqual(isDeep ? 15 : 2);
  },
  600_000,
);
