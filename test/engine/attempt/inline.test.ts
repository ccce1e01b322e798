import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInlineWorkshop } from '../../../engine/attempt/inline.ts';
import type { AttemptControl, StopCause } from '../../../engine/model/task.ts';
import { blankTask } from '../../harness/run-children.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-inline-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(run: (signal: AbortSignal) => Promise<unknown>, changes: Partial<AttemptControl> = {}) {
  const only = component({ id: 'only', isolation: 'inline', run: ({ signal }) => run(signal) });
  const dag = defineDag({ id: 'alone', components: [only] });
  const place = await createInlineWorkshop(dag).open('only');
  const control = {
    timeoutMs: 600_000,
    graceMs: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    onLog: () => {},
    ...changes,
  };
  return place.attempt(blankTask('alone', 'only', folder), control);
}

test('a function that heeds its signal has timed out when its time is up', async () => {
  const outcome = await start(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { timeoutMs: 1 },
  );
  expect(outcome).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
});

test('a function that does not is given up after the grace', async () => {
  const outcome = await start(() => new Promise(() => {}), { timeoutMs: 1 });
  expect(outcome).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
});

test.each([
  ['interrupted', 'interrupted'],
  ['cancelled', 'cancelled'],
  ['run_timeout', 'timed_out'],
] as const)('the run’s stop for %s ends it as %s', async (cause: StopCause, status) => {
  const stop = new AbortController();
  const outcome = start(
    async (signal) => {
      stop.abort(cause);
      expect(signal.aborted).toBe(true);
      return 'too late';
    },
    { signal: stop.signal },
  );
  expect(await outcome).toMatchObject({ status });
});

test('a run that was stopped before does not let it succeed', async () => {
  expect(await start(async () => 'done', { signal: AbortSignal.abort('cancelled') })).toMatchObject({
    status: 'cancelled',
  });
});

test('a timeout of weeks does not fire at once', async () => {
  expect(await start(async () => 'done', { timeoutMs: 60 * 86_400_000 })).toMatchObject({ status: 'success' });
});

test('whatever it throws is an outcome', async () => {
  expect(await start(() => Promise.reject(new Error('boom')))).toMatchObject({ failure: { message: 'boom' } });
  const throwing = () => {
    throw new Error('at once');
  };
  expect(await start(throwing)).toMatchObject({ failure: { class: 'error', message: 'at once' } });
});
