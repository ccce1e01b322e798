import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoadedDag, loadDag } from '../../engine/load/load-dag.ts';
import { type AuthorFolder, authorFolder } from '../harness/dag-folder.ts';
import { builtEngineEntry } from '../harness/engine.ts';
import { type Origin, startOrigin } from '../harness/origin.ts';
import { rigComponent } from '../harness/run-component.ts';

const page = readFileSync(new URL('../../docs/authoring.md', import.meta.url), 'utf8');

describe('the example of docs/authoring.md', () => {
  let folder: AuthorFolder;
  let origin: Origin;
  let loaded: LoadedDag;

  beforeAll(async () => {
    folder = authorFolder();
    origin = await startOrigin();
    const text = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const file = folder.write('dags/weather.ts', text);
    loaded = await loadDag({ file, cacheDirectory: join(folder.root, 'cache'), engineEntry: await builtEngineEntry() });
  });

  afterAll(async () => {
    await origin.close();
    folder.remove();
  });

  it('loads as a DAG of two components', () => {
    expect(loaded.dag.components.map(({ id }) => id)).toEqual(['stations', 'report']);
  });

  it('reads its source and stages what it found', async () => {
    origin.route('/stations.json', {
      body: JSON.stringify([
        { id: 'a', height: 12.5 },
        { id: 'b', height: 3 },
      ]),
    });
    const outcome = await rigComponent(loaded.dag, 'stations', { baseUrl: origin.url }).attempt();
    expect(outcome).toMatchObject({ status: 'success', output: { count: 2 } });
    expect(outcome.status === 'success' && outcome.datasets.map(({ dataset, rows }) => [dataset, rows])).toEqual([
      ['weather_stations', 2],
    ]);
  });

  it('says what came instead of a list', async () => {
    origin.route('/stations.json', { body: '{"stations": []}' });
    const outcome = await rigComponent(loaded.dag, 'stations', { baseUrl: origin.url }).attempt();
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'source' } });
  });

  it('runs its command', async () => {
    const rig = rigComponent(loaded.dag, 'report', { inputs: { stations: { count: 2 } } });
    expect(await rig.attempt()).toMatchObject({ status: 'success' });
    expect(rig.logs.map(({ message }) => message)).toEqual(['stations are fresh']);
  });
});
