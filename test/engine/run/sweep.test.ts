import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatasetVersion } from '../../../engine/model/dataset.ts';
import { openRunRig, type RunRig } from '../../harness/run-rig.ts';

let rig: RunRig;
let number = 0;
let fails = false;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

/** A component that publishes two tables, under names of the test's own. */
function tables() {
  const [stops, trips] = [`stops_${++number}`, `trips_${number}`];
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    run: async (context) => {
      if (fails) throw new Error('on purpose');
      const sql = await context.sql();
      for (const name of [stops, trips]) await sql.stageRows(name, [{ name: 'id', type: 'BIGINT' }], [[1n]]);
    },
  });
  return { stops, trips, dag: defineDag({ id: `tables-${number}`, components: [feed] }) };
}

const curated = (dataset: string) => join(rig.storageRoot, 'curated', dataset);
const latestOf = (dataset: string) =>
  JSON.parse(readFileSync(join(curated(dataset), '_latest.json'), 'utf8')) as DatasetVersion;

/** Puts back what an engine has before it finishes a publication: the staged files, linked to their final names. */
async function stageAgain(versions: readonly DatasetVersion[], folder: string): Promise<string> {
  const staging = join(rig.storageRoot, 'curated', '.staging', folder);
  mkdirSync(staging);
  for (const { path, dataset } of versions) {
    linkSync(join(rig.storageRoot, path), join(staging, `${dataset}.parquet`));
    rmSync(join(curated(dataset), '_latest.json'));
  }
  return staging;
}

test('an engine that died after its commit has published: the next run of the component writes the pointers', async () => {
  const { stops, trips, dag } = tables();
  const [first] = (await rig.run(dag)).components;
  const staging = await stageAgain(first?.datasets ?? [], `${dag.id}.feed.1.1`);
  fails = true;
  expect((await rig.run(dag)).status).toBe('failed');
  fails = false;
  expect(first?.datasets.map(({ id }) => id)).toEqual([latestOf(stops).id, latestOf(trips).id]);
  expect(readdirSync(curated(stops))).toHaveLength(2);
  expect(existsSync(staging)).toBe(false);
});

test('an engine that died before its commit has published nothing: the next run takes the names back', async () => {
  const { stops, trips, dag } = tables();
  const [first] = (await rig.run(dag)).components;
  const staging = join(rig.storageRoot, 'curated', '.staging', `${dag.id}.feed.1.1`);
  mkdirSync(staging);
  const orphan = join(curated(stops), `${stops}_20010101T000000Z.parquet`);
  writeFileSync(join(staging, `${stops}.parquet`), 'never published');
  writeFileSync(join(staging, `${trips}.parquet`), 'without a name yet');
  linkSync(join(staging, `${stops}.parquet`), orphan);
  await rig.run(dag);
  expect(existsSync(orphan)).toBe(false);
  expect(existsSync(staging)).toBe(false);
  for (const { path } of first?.datasets ?? []) expect(existsSync(join(rig.storageRoot, path))).toBe(true);
});
