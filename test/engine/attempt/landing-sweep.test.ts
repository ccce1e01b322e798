import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { component, defineDag, type Source } from 'signalbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { rigComponent } from '../../harness/run-component.ts';

let origin: Origin;
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.close());

const ids = ['moves', 'fails'];
const pair = component({
  id: 'pair',
  sources: ({ baseUrl }) => ids.map((id): Source => ({ kind: 'http', id, request: { url: `${baseUrl}/${id}` } })),
  run: async () => null,
});
const dag = defineDag({ id: 'pairs', components: [pair] });

it('bodies of one source do not pile up while another one fails, and those of the last success stay', async () => {
  let version = 0;
  origin.route('/moves', () => ({ body: `version ${version++}` }));
  origin.route('/fails', { body: 'well' });
  const first = rigComponent(dag, 'pair', { baseUrl: origin.url });
  const success = await first.attempt();
  if (success.status !== 'success') throw new Error(JSON.stringify(success));
  const landing = join(first.folder, 'landing');
  const before = readdirSync(landing).toSorted();
  expect(before).toHaveLength(2);

  origin.route('/fails', { status: 503 });
  const options = { baseUrl: origin.url, folder: first.folder, previous: success.evidence };
  for (let run = 0; run < 3; run += 1) {
    expect(await rigComponent(dag, 'pair', options).attempt()).toMatchObject({ status: 'failed' });
    expect(readdirSync(landing).toSorted()).toEqual(before);
  }
});
