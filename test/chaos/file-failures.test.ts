import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { component, type Dag, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogFiles } from '../../engine/report/log-files.ts';
import { type FailingFiles, type FileCall, failingFiles } from '../harness/failing-files.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';
import { openRunRig, type RunRig } from '../harness/run-rig.ts';

const isDeep = process.env.TEST_DEEP === '1';
const seed = Number(process.env.TEST_SEED ?? 20_261_121);
const codes = ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EROFS', 'EXDEV'];

let rig: RunRig;
let origin: Origin;
let files: FailingFiles;
let version = 0;
let tries = 0;

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startOrigin();
  files = await failingFiles();
});
afterAll(async () => {
  files?.restore();
  await rig?.close();
  await origin?.close();
});

/** The smallest that lands a body, stages a table, sets a record aside and logs. */
function ingesting(): Dag {
  const only = component({
    id: 'ingest',
    isolation: 'inline',
    retries: { max: 1, delay: '1ms' },
    sources: ({ baseUrl }) => [{ kind: 'http', id: 'feed', request: { url: `${baseUrl}/feed` } }],
    run: async ({ source, sql, files: folders, log }) => {
      const [body] = (await source('feed')).parts;
      log.info('landed', { bytes: body?.bytes ?? 0 });
      await folders.quarantine({ dataset: 'chaos_rows', file: 'feed', reason: 'odd', raw: 'x' });
      version += 1;
      const { rows } = await (await sql()).stage('chaos_rows', `select ${version} as version, * from range(10)`);
      return { rows };
    },
  });
  return defineDag({ id: 'files', components: [only] });
}

/** One run of the DAG, whatever its source says, with its log kept below the same root. */
async function ingest(dag: Dag) {
  const troubles: Error[] = [];
  const logFiles = createLogFiles(join(rig.storageRoot, 'logs'), (error) => troubles.push(error));
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  const ports = { emit: logFiles.hear };
  const summary = await rig.run(dag, { origin: { baseUrl: origin.url, network }, forced: true, ports });
  await logFiles.close();
  return { summary, troubles };
}

/** Every file of the table is in the manifest with its size, and the other way round. */
async function manifest() {
  const rows = await rig.state.database.selectFrom('dataset_version').select(['path', 'bytes']).execute();
  return rows.map(({ path, bytes }) => `${path} ${bytes}`).toSorted();
}

function onDisk(): readonly string[] {
  const folder = join('curated', 'chaos_rows');
  return readdirSync(join(rig.storageRoot, folder))
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => `${join(folder, name)} ${statSync(join(rig.storageRoot, folder, name)).size}`)
    .toSorted();
}

/** What attempts leave only when they are cut short, or when it cannot be removed. */
function leftovers(): readonly string[] {
  const all = readdirSync(rig.storageRoot, { recursive: true }).map(String);
  return all.filter((path) => /^(curated\/\.staging|scratch)\/|\.part$|\._latest\./.test(path));
}

async function isTidy(): Promise<boolean> {
  return leftovers().length === 0 && isDeepStrictEqual(onDisk(), await manifest());
}

/** One run in which one call fails, and what must hold after it. Undefined when no call was left to fail. */
async function failAt(dag: Dag, at: number, code: string): Promise<FileCall | undefined> {
  files.arm(rig.storageRoot, at, code);
  const { summary, troubles } = await ingest(dag);
  const { failed } = files;
  files.arm('', 0, '');
  if (!failed) return undefined;
  const where = `${code} at call ${at}, ${failed.name} of ${failed.path}`;
  const [row] = (await rig.details(summary)).components;
  tries += row?.attempts.length ?? 0;
  expect.soft(row?.status, where).toBe('success');
  expect.soft(summary.components[0]?.datasets.length, where).toBe(1);
  for (const { status, failure } of row?.attempts.slice(0, -1) ?? []) {
    expect
      .soft({ status, ...failure }, where)
      .toMatchObject({ status: 'failed', class: 'infra', hint: expect.any(String) });
    expect.soft(failure?.message, where).toContain(rig.storageRoot);
  }
  if (failed.path.includes('/logs/')) expect.soft(troubles.length, where).toBe(1);
  const latest: unknown = JSON.parse(readFileSync(join(rig.storageRoot, 'curated/chaos_rows/_latest.json'), 'utf8'));
  expect.soft(await manifest(), where).toContain(`${Object(latest).path} ${Object(latest).bytes}`);
  // What cannot be removed is left to the next run, which is to find nothing in its way.
  if (!(await isTidy())) expect.soft((await ingest(dag)).summary.status, where).toBe('success');
  expect.soft(leftovers(), where).toEqual([]);
  expect.soft(onDisk(), where).toEqual(await manifest());
  return failed;
}

describe('a call on a file that fails', () => {
  it('costs a try at most: nothing is published by halves, nothing is left, and the next run goes well', async () => {
    origin.route('/feed', { body: 'a,b\n1,2\n' });
    const dag = ingesting();
    expect((await ingest(dag)).summary.status).toBe('success');
    // Every call with every code, or every other call with the codes in turn.
    for (const first of isDeep ? codes.keys() : [seed % codes.length]) {
      const failed: FileCall[] = [];
      for (let at = isDeep ? 1 : 1 + (seed % 2); ; at += isDeep ? 1 : 2) {
        const call = await failAt(dag, at, codes[(first + at) % codes.length] ?? 'EIO');
        if (!call) break;
        failed.push(call);
      }
      expect(failed.length).toBeGreaterThan(20);
      expect(tries).toBeGreaterThan(failed.length + 10);
      const folders = new Set(failed.map(({ path }) => relative(rig.storageRoot, path).split('/')[0]));
      expect(folders).toEqual(new Set(['curated', 'landing', 'logs', 'quarantine', 'scratch']));
    }
  }, 600_000);
});
