import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentOf, openRunRig, type RunRig } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

test('the recorded place of what was put aside is that of the file below the storage root', async () => {
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    run: ({ files }) => files.quarantine({ dataset: 'stops', file: 'stops.txt', reason: 'short', raw: 'a,b' }),
  });
  const summary = await rig.run(defineDag({ id: 'aside', components: [feed] }));
  const file = summary.components[0]?.quarantine?.file ?? '';
  expect(file).toMatch(/^quarantine\/aside\/feed\/feed-.*\.ndjson$/);
  expect(existsSync(join(rig.storageRoot, file))).toBe(true);
  expect(readFileSync(join(rig.storageRoot, file), 'utf8')).toContain('"raw":"a,b"');
  const [attempt] = componentOf(await rig.details(summary), 'feed').attempts;
  expect(attempt).toMatchObject({ quarantine: { file } });
});
