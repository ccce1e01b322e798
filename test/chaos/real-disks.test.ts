import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { commandProject } from '../engine/cli/command-project.ts';
import { readParquet } from '../harness/e2e-read-parquet.ts';
import { type ChildRig, rigChildren } from '../harness/run-children.ts';
import { openRunRig, type RunRig } from '../harness/run-rig.ts';

let rig: RunRig;
let children: ChildRig;

beforeAll(async () => {
  rig = await openRunRig();
  const file = fileURLToPath(new URL('./fixtures/limited.ts', import.meta.url));
  children = await rigChildren({ file, clock: systemClock });
});
afterAll(async () => {
  await children?.close();
  await rig?.close();
});

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

const hasPrlimit = runs('prlimit', '--version');
const mayMount = runs('unshare', '--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt');
const memory = '/dev/shm';

function publishing(dataset: string, rows = 10) {
  const only = component({
    id: 'only',
    isolation: 'inline',
    run: async ({ sql }) => {
      const { rows: staged } = await (await sql()).stage(dataset, `select range as n from range(${rows})`);
      return { rows: staged };
    },
  });
  return defineDag({ id: dataset.replaceAll('_', '-'), components: [only] });
}

describe('what DuckDB writes by itself', () => {
  it.skipIf(!hasPrlimit).each([
    ['large-file', /File too large/, /ulimit -f/],
    ['many-files', /Too many open files/, /ulimit -n/],
  ])('that is refused as %s is infra, with the path (skipped without prlimit)', async (id, words, hint) => {
    const { outcome } = await children.attempt(id);
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'infra', hint: expect.stringMatching(hint) } });
    const message = outcome.status === 'success' ? '' : outcome.failure.message;
    expect(message).toMatch(words);
    expect(message).toContain(children.folder);
  });
});

it('a folder that may not be written is infra, with the path', async () => {
  chmodSync(children.folder, 0o500);
  try {
    const { outcome } = await children.attempt('unprivileged');
    const message = expect.stringMatching(/could not make .*unprivileged.*: EACCES/);
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'infra', message, hint: expect.any(String) } });
  } finally {
    chmodSync(children.folder, 0o700);
  }
});

it.skipIf(!runs('test', '-d', memory) || statSync(memory).dev === statSync(tmpdir()).dev)(
  'a dataset on another file system than staging is not published, until it lies on the same (skipped with one file system)',
  async () => {
    const elsewhere = mkdtempSync(join(memory, 'signalbox-elsewhere-'));
    const folder = join(rig.storageRoot, 'curated', 'far_rows');
    mkdirSync(join(rig.storageRoot, 'curated'), { recursive: true });
    symlinkSync(elsewhere, folder);
    const dag = publishing('far_rows');
    const [end] = (await rig.run(dag)).components;
    expect(end).toMatchObject({ status: 'failed', failure: { class: 'infra', details: { code: 'EXDEV' } } });
    expect(end?.failure?.message).toContain(folder);
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(folder);
    rmSync(elsewhere, { recursive: true });
    expect((await rig.run(dag)).status).toBe('success');
  },
);

const script = `
mount -t tmpfs -o size=3m,nr_inodes=64 tmpfs "$DISK"
run() { "$NODE" "$ENGINE" run --dag full --env dev --quiet >&2; echo "$1 $?"; }
head -c 4000000 /dev/zero >"$DISK/filler" 2>/dev/null
run space
rm "$DISK/filler"
n=0
while touch "$DISK/$n" 2>/dev/null; do n=$((n+1)); done
run inodes
find "$DISK" -maxdepth 1 -type f -delete
mount -o remount,ro "$DISK"
run read-only
mount -o remount,rw "$DISK"
run mended
find "$DISK" -path '*/.staging/*' -o -path '*/scratch/*' -o -name '*.part'
`;

it.skipIf(!mayMount)(
  'a disk that is full, or read-only, fails runs as infra until it is mended (skipped where mounting is refused)',
  async () => {
    const project = await commandProject();
    const disk = mkdtempSync(join(tmpdir(), 'signalbox-disk-'));
    project.write(
      'dags/full.ts',
      `import { component, defineDag } from 'signalbox';
    const run = async ({ sql }) => (await (await sql()).stage('rows', 'select range as n, hash(range) as h from range(20000)')).rows;
    export default defineDag({ id: 'full', components: [component({ id: 'only', retries: 0, run })] });`,
    );
    const { stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script], {
      cwd: project.root,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        DISK: disk,
        NODE: process.execPath,
        ENGINE: join(projectRoot, 'engine'),
        SIGNALBOX_HOME: join(project.root, 'home'),
        SIGNALBOX_STORAGE: `${disk}/{environment}`,
        DATABASE_URL: project.databaseUrl,
      },
    });
    await project.remove();
    rmSync(disk, { recursive: true, force: true });
    expect(stdout, stderr).toBe('space 1\ninodes 1\nread-only 1\nmended 0\n');
    expect(stderr.match(/No space left on device|ENOSPC/g)?.length, stderr).toBeGreaterThanOrEqual(2);
    expect(stderr).toMatch(/EROFS|Read-only file system/);
    expect(stderr).toContain(disk);
  },
);

it('readers never see a table by halves, whatever is published while they read', async () => {
  const rows = 20_000;
  const dag = publishing('polled_rows', rows);
  await rig.run(dag);
  const over = new AbortController();
  let seen = 0;
  const versions = new Set<string>();
  const read = async () => {
    while (!over.signal.aborted) {
      // As `engine data path` finds it.
      const newest = await rig.state.history.newestVersion({ environment: 'sandbox', dag: dag.id }, 'polled_rows');
      const path = join(rig.storageRoot, newest?.path ?? '');
      expect((await readParquet(path)).length).toBe(rows);
      versions.add(path);
      seen += 1;
    }
  };
  const reading = read();
  for (let version = 0; version < 12; version += 1) await rig.run(dag, { forced: true });
  over.abort();
  await reading;
  expect(seen).toBeGreaterThan(5);
  expect(versions.size).toBeGreaterThan(2);
});
