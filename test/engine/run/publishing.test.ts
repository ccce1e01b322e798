import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatasetVersion } from '../../../engine/model/dataset.ts';
import type { AttemptFinish } from '../../../engine/model/ports.ts';
import { pointTo } from '../../../engine/run/latest-pointer.ts';
import { componentOf, openRunRig, type RunRig } from '../../harness/run-rig.ts';

let rig: RunRig;
let number = 0;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

const world = { rows: [[1n]] as readonly (readonly bigint[])[], fails: false };

/** A component that publishes two tables of the same rows, under names of the test's own. */
function tables() {
  const stops = `stops_${++number}`;
  const trips = `trips_${number}`;
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    run: async (context) => {
      const sql = await context.sql();
      for (const dataset of [stops, trips]) {
        await sql.stageRows(dataset, [{ name: 'id', type: 'BIGINT' }], world.rows);
        if (world.fails) throw new Error('in the middle');
      }
      return null;
    },
  });
  return { stops, trips, dag: defineDag({ id: `tables-${number}`, components: [feed] }) };
}

const curated = (dataset: string) => join(rig.storageRoot, 'curated', dataset);
const filesOf = (dataset: string) => (existsSync(curated(dataset)) ? readdirSync(curated(dataset)).toSorted() : []);
const latestOf = (dataset: string) =>
  JSON.parse(readFileSync(join(curated(dataset), '_latest.json'), 'utf8')) as DatasetVersion;
const manifestOf = async (dag: string, dataset: string) =>
  rig.state.history.datasetVersions({ environment: 'sandbox', dag }, dataset);

test('all tables of an attempt are published at once, under their names, with their manifest', async () => {
  const { stops, trips, dag } = tables();
  world.rows = [[3n], [1n], [2n]];
  const summary = await rig.run(dag);
  expect(summary).toMatchObject({ status: 'success', rows: 6 });
  const versions = summary.components[0]?.datasets ?? [];
  expect(versions.map(({ dataset }) => dataset)).toEqual([stops, trips]);
  for (const version of versions) {
    expect(version.path).toMatch(
      new RegExp(`^curated/${version.dataset}/${version.dataset}_\\d{8}T\\d{6}Z\\.parquet$`),
    );
    const [row] = await manifestOf(dag.id, version.dataset);
    expect(row).toMatchObject({
      id: version.id,
      path: version.path,
      rows: 3,
      digest: version.digest,
      sha256: version.sha256,
    });
    expect(latestOf(version.dataset)).toMatchObject({ id: version.id, path: version.path, rows: 3 });
    const file = await asyncBufferFromFile(join(rig.storageRoot, version.path));
    expect(await parquetReadObjects({ file, compressors })).toEqual([{ id: 3n }, { id: 1n }, { id: 2n }]);
  }
  expect(readdirSync(join(rig.storageRoot, 'curated', '.staging'))).toEqual([]);
});

test('a name that is taken is left alone, and the next free one is used', async () => {
  const { stops, trips, dag } = tables();
  const at = new Date('2026-03-01T10:20:30.400Z');
  const { systemClock } = await import('../../../engine/clock/system-clock.ts');
  const clock = { ...systemClock, now: () => at };
  mkdirSync(curated(stops), { recursive: true });
  writeFileSync(join(curated(stops), `${stops}_20260301T102030Z.parquet`), 'somebody else’s');
  await rig.run(dag, { ports: { clock } });
  await rig.run(dag, { ports: { clock } });
  expect(filesOf(stops)).toEqual([
    '_latest.json',
    `${stops}_20260301T102030Z-2.parquet`,
    `${stops}_20260301T102030Z-3.parquet`,
    `${stops}_20260301T102030Z.parquet`,
  ]);
  expect(readFileSync(join(curated(stops), `${stops}_20260301T102030Z.parquet`), 'utf8')).toBe('somebody else’s');
  expect(filesOf(trips)).toHaveLength(3);
  expect(latestOf(stops).path).toBe(`curated/${stops}/${stops}_20260301T102030Z-3.parquet`);
});

test('equal rows in another order are the same content', async () => {
  const { stops, dag } = tables();
  world.rows = [[1n], [2n]];
  await rig.run(dag);
  world.rows = [[2n], [1n]];
  await rig.run(dag);
  world.rows = [[2n], [2n]];
  await rig.run(dag);
  const digests = (await manifestOf(dag.id, stops)).map(({ digest }) => digest);
  expect(digests).toHaveLength(3);
  expect(digests[1]).toBe(digests[2]);
  expect(digests[0]).not.toBe(digests[1]);
});

test('an attempt that fails in the middle publishes nothing and leaves nothing', async () => {
  const { stops, trips, dag } = tables();
  await rig.run(dag);
  const before = [filesOf(stops), filesOf(trips), latestOf(stops).id];
  world.fails = true;
  const summary = await rig.run(dag);
  world.fails = false;
  expect(summary.status).toBe('failed');
  expect([filesOf(stops), filesOf(trips), latestOf(stops).id]).toEqual(before);
  expect(await manifestOf(dag.id, stops)).toHaveLength(1);
  expect(readdirSync(join(rig.storageRoot, 'curated', '.staging'))).toEqual([]);
});

test('an end that the fence refuses is recorded nowhere, and its files are taken back', async () => {
  const { stops, trips, dag } = tables();
  const late = async (finish: AttemptFinish) => rig.state.runs.finishAttempt({ ...finish, fence: finish.fence - 1 });
  const live = rig.start(dag, { ports: { runs: { ...rig.state.runs, finishAttempt: late } } });
  const summary = await live.summary;
  expect(summary.components[0]).toMatchObject({ status: 'failed', reason: 'taken_over' });
  expect(live.events.some(({ type }) => type === 'attempt_finished')).toBe(false);
  expect([filesOf(stops), filesOf(trips)]).toEqual([[], []]);
  expect(await manifestOf(dag.id, stops)).toEqual([]);
  expect(readdirSync(join(rig.storageRoot, 'curated', '.staging'))).toEqual([]);
  expect(componentOf(await rig.details(summary), 'feed')).toMatchObject({ output: null, finishedAt: null });
});

test('a crash between the links and the commit leaves nothing in the manifest, and the next run publishes', async () => {
  const { stops, dag } = tables();
  const crash = () => Promise.reject(new Error('the power is gone'));
  const runs = { ...rig.state.runs, finishAttempt: crash };
  const heir = await rig.state.owners.register();
  await expect(rig.run(dag, { ports: { runs, owner: heir } })).rejects.toThrow('the power is gone');
  expect(filesOf(stops)).toHaveLength(1);
  expect(await manifestOf(dag.id, stops)).toEqual([]);
  await rig.state.owners.retire(heir);
  const summary = await rig.run(dag);
  expect(summary.status).toBe('success');
  const [version, ...others] = await manifestOf(dag.id, stops);
  expect(others).toEqual([]);
  expect(latestOf(stops).id).toBe(version?.id);
});

test('a folder that cannot be published into fails the attempt and takes back what was linked', async () => {
  const { stops, trips, dag } = tables();
  mkdirSync(join(rig.storageRoot, 'curated'), { recursive: true });
  writeFileSync(curated(trips), 'a file where the folder should be');
  const summary = await rig.run(dag);
  expect(summary.components[0]).toMatchObject({ status: 'failed', failure: { class: 'infra' } });
  expect(filesOf(stops)).toEqual([]);
  expect(await manifestOf(dag.id, stops)).toEqual([]);
  rmSync(curated(trips));
  expect((await rig.run(dag)).status).toBe('success');
});

test('a pointer that cannot be replaced undoes no publication, keeps no other from it, and leaves nothing', async () => {
  const { stops, trips, dag } = tables();
  mkdirSync(join(curated(stops), '_latest.json'), { recursive: true });
  const live = rig.start(dag);
  const summary = await live.summary;
  expect(summary.status).toBe('success');
  expect(await manifestOf(dag.id, stops)).toHaveLength(1);
  expect(latestOf(trips).id).toBe(summary.components[0]?.datasets[1]?.id);
  expect(filesOf(stops).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readdirSync(join(rig.storageRoot, 'curated', '.staging'))).toEqual([]);
  const warning = live.events.find((event) => event.type === 'attempt_logged' && event.level === 'warn');
  expect(warning).toMatchObject({ message: expect.stringContaining('_latest.json') });
});

test('an engine that was held up after its commit does not put its pointer over a newer one', async () => {
  const { stops, dag } = tables();
  const [older] = (await rig.run(dag)).components[0]?.datasets ?? [];
  const [newer] = (await rig.run(dag)).components[0]?.datasets ?? [];
  if (!older || !newer) throw new Error('expected two publications');
  const { memory } = rig.state;
  await pointTo(older, rig.storageRoot, memory);
  expect(latestOf(stops).id).toBe(newer.id);
  const forgotten = { ...newer, id: 'z', path: 'curated/gone.parquet' };
  writeFileSync(join(curated(stops), '_latest.json'), JSON.stringify(forgotten));
  await pointTo(older, rig.storageRoot, memory);
  expect(latestOf(stops).id).toBe(older.id);
  await pointTo(newer, rig.storageRoot, memory);
  expect(latestOf(stops).id).toBe(newer.id);
  expect(filesOf(stops).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('published files that cannot be looked at are missing: the component runs', async () => {
  const { stops, dag } = tables();
  await rig.run(dag);
  rmSync(curated(stops), { recursive: true });
  symlinkSync(curated(stops), curated(stops));
  const summary = await rig.run(dag);
  rmSync(curated(stops));
  expect(summary.components[0]).toMatchObject({ status: 'failed', failure: { class: 'infra' } });
});

test('a dataset of another component is left to it, also when both would publish at once', async () => {
  const publisher = (id: string, dataset: string, version = '1') =>
    component({
      id,
      version,
      isolation: 'inline',
      run: async (context) => {
        const sql = await context.sql();
        await sql.stageRows(dataset, [{ name: 'id', type: 'BIGINT' }], [[1n]]);
        return null;
      },
    });
  const dagOf = (...components: ReturnType<typeof publisher>[]) => defineDag({ id: 'clashes', components });
  const both = await rig.run(dagOf(publisher('left', 'clashing'), publisher('right', 'clashing')));
  expect(both.counts).toEqual({ success: 1, failed: 1 });
  const [loser] = both.components.filter(({ status }) => status === 'failed');
  expect(loser?.failure).toMatchObject({ class: 'output', hint: expect.stringContaining('--force') });
  expect(loser?.failure?.message).toContain('clashing of ');
  expect(await manifestOf('clashes', 'clashing')).toHaveLength(1);

  const [winner] = both.components.filter(({ status }) => status === 'success').map(({ component: id }) => id);
  const other = winner === 'left' ? 'right' : 'left';
  const later = await rig.run(dagOf(publisher(winner ?? '', 'clashing'), publisher(other, 'clashing')), {
    components: [other],
  });
  expect(later.components.find(({ component: id }) => id === other)?.failure?.message).toContain(`of ${winner}`);

  await rig.run(dagOf(publisher(winner ?? '', 'other_name')));
  const moved = await rig.run(dagOf(publisher(winner ?? '', 'other_name'), publisher(other, 'clashing')));
  expect(moved.status).toBe('success');
  expect(readdirSync(join(rig.storageRoot, 'curated', '.staging'))).toEqual([]);
});

test('folders that a killed engine left are removed by the next run of their component, and no others', async () => {
  const { dag } = tables();
  const left = [`${dag.id}.feed.999.1`, `${dag.id}.gone.1.1`, 'another-dag.feed.1.1', 'notes'];
  const folders = ['curated/.staging', 'scratch'].map((folder) => join(rig.storageRoot, folder));
  for (const folder of folders) {
    for (const name of left) mkdirSync(join(folder, name, 'deep'), { recursive: true });
  }
  await rig.run(dag);
  for (const folder of folders) expect(readdirSync(folder).toSorted()).toEqual(left.slice(1).toSorted());
  for (const folder of folders) rmSync(folder, { recursive: true });
});

test.each(['../../escaped', 'Upper', 'with space', ''])(
  'a dataset named %j is refused by the parent, too',
  async (dataset) => {
    const { stops, dag } = tables();
    await rig.run(dag);
    const [version] = await manifestOf(dag.id, stops);
    const staged = { ...version, file: 'x.parquet', dataset } as never;
    const forged = {
      open: async () => ({
        pid: 4_194_305,
        probe: async () => ({ known: false, message: '' }) as const,
        attempt: async () =>
          ({
            status: 'success',
            output: null,
            datasets: [staged],
            evidence: [],
            warnings: [],
            quarantine: { records: 0, first: [] },
            metrics: { wallMs: 1 },
          }) as const,
        release: async () => {},
      }),
      close: async () => {},
    };
    const only = component({ id: 'forger', run: async () => null });
    const summary = await rig.run(defineDag({ id: `forged-${number}`, components: [only] }), { process: forged });
    expect(summary.components[0]).toMatchObject({ status: 'failed', failure: { class: 'protocol' } });
  },
);
