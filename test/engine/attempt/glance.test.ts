import { rmSync } from 'node:fs';
import { component, defineDag, type Source } from 'signalbox';
import { expect, test } from 'vitest';
import { createInlineWorkshop } from '../../../engine/attempt/inline.ts';
import type { SourceEvidence } from '../../../engine/model/evidence.ts';
import type { GlanceTask } from '../../../engine/model/task.ts';
import { openPlace, type Place } from './sources/asking.ts';

function glanceAt(sources: () => readonly Source[], { folder }: Place, more: Partial<GlanceTask> = {}) {
  const reader = component({ id: 'reader', isolation: 'inline', sources, run: async () => null });
  const task: GlanceTask = {
    component: 'reader',
    inputs: {},
    params: {},
    secrets: {},
    baseUrl: '',
    previous: [],
    conditional: true,
    audits: { every: 20, skips: 0, trust: {} },
    project: folder,
    ...more,
  };
  return createInlineWorkshop(defineDag({ id: 'glances', components: [reader] })).glance?.(task);
}

const stops: Source = { kind: 'file', id: 'stops', path: 'stops.csv', auditEvery: 0 };

test('a file is told at once, first by its content and then by its stamp', async () => {
  const place = openPlace();
  place.write('stops.csv', 'a,b\n');
  const first = (await glanceAt(() => [stops], place)) as readonly SourceEvidence[];
  expect(first).toMatchObject([{ source: 'stops', parts: [{ bytes: 4, notModified: false }] }]);
  const again = await glanceAt(() => [stops], place, { previous: first });
  expect(again).toMatchObject([{ parts: [{ digest: first[0]?.parts[0]?.digest, notModified: true }] }]);
});

test('a file whose word is to be verified is read all the same', async () => {
  const place = openPlace();
  place.write('stops.csv', 'a,b\n');
  const previous = (await glanceAt(() => [stops], place)) ?? [];
  const audited = await glanceAt(() => [{ ...stops, auditEvery: 1 }], place, { previous });
  expect(audited).toMatchObject([{ audited: true, proof: 'clean', parts: [{ notModified: false }] }]);
});

test('whatever takes a wait, or has something to complain of, is left to the usual way', async () => {
  const place = openPlace();
  place.write('stops.csv', 'a,b\n');
  place.write('large.csv', 'x'.repeat(2 * 1_024 ** 2));
  const feed: Source = { kind: 'http', id: 'feed', request: { url: 'http://127.0.0.1:1/feed' } };
  expect(await glanceAt(() => [stops, feed], place)).toBeUndefined();
  expect(await glanceAt(() => [{ ...stops, path: 'large.csv' }], place)).toBeUndefined();
  expect(await glanceAt(() => [stops, stops], place)).toBeUndefined();
  rmSync(`${place.folder}/stops.csv`);
  expect(await glanceAt(() => [stops], place)).toBeUndefined();
});
