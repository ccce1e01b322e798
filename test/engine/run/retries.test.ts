import { defineDag, sourceFailure } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../../engine/model/outcome.ts';
import type { Workshop } from '../../../engine/model/task.ts';
import { drivable } from '../../harness/run-drivable.ts';
import { createNapClock } from '../../harness/run-naps.ts';
import { componentOf, openRunRig, type RunRig, runSettings, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

const isRetry = (ms: number) => ms !== runSettings.timeoutMs;

test('a component that fails is up for retry, holds no place while it waits, and is tried again', async () => {
  const clock = createNapClock();
  const flaky = drivable('flaky', { retries: { max: 2, delay: '10s' } });
  const other = drivable('other');
  const dag = defineDag({ id: 'flaky', concurrency: 1, components: [flaky.handle, other.handle] });
  const live = rig.start(dag, { ports: { clock } });
  (await flaky.next()).fail(new Error('not yet'));
  const nap = await clock.nap(isRetry);
  expect(nap.ms).toBe(7_500);
  const rows = await rig.details((await live.event('run_started')).runId);
  expect(componentOf(rows, 'flaky')).toMatchObject({ status: 'up_for_retry', finishedAt: null });
  const neighbour = await other.next();
  nap.wake();
  neighbour.succeed();
  const again = await flaky.next();
  expect(again.context.attempt).toBe(2);
  again.succeed('at last');
  const summary = await live.summary;
  expect(summary.components[0]).toMatchObject({ status: 'success', attempts: 2 });
  const { attempts } = componentOf(await rig.details(summary), 'flaky');
  expect(attempts.map(({ number, status }) => [number, status])).toEqual([
    [1, 'failed'],
    [2, 'success'],
  ]);
  const ends = live.events.filter((event) => event.type === 'attempt_finished' && event.component === 'flaky');
  expect(ends).toMatchObject([{ status: 'failed', retryInMs: 7_500 }, { status: 'success' }]);
});

test('Retry-After is waited for', async () => {
  const clock = createNapClock();
  const limited = drivable('limited', { retries: 1 });
  const live = rig.start(defineDag({ id: 'limited', components: [limited.handle] }), { ports: { clock } });
  (await limited.next()).fail(sourceFailure('429 Too Many Requests', { retryAfterMs: 123_456 }));
  const nap = await clock.nap(isRetry);
  expect(nap.ms).toBe(123_456);
  nap.wake();
  (await limited.next()).fail(new Error('refused again'));
  const summary = await live.summary;
  expect(summary.components[0]).toMatchObject({ status: 'failed', attempts: 2, failure: { message: 'refused again' } });
});

test('the environment’s retries count where the component says nothing, and its own where it does', async () => {
  const plain = drivable('plain');
  const own = drivable('own', { retries: 0 });
  const clock = createNapClock();
  const settings = { retries: { max: 1, delayMs: 4_000, maxDelayMs: 4_000 } };
  const dag = defineDag({ id: 'defaults', components: [plain.handle, own.handle] });
  const live = rig.start(dag, { ports: { clock }, settings });
  (await own.next()).fail(new Error('no'));
  (await plain.next()).fail(new Error('no'));
  (await clock.nap(isRetry)).wake();
  (await plain.next()).fail(new Error('no'));
  expect((await live.summary).components.map(({ attempts }) => attempts)).toEqual([2, 1]);
});

test('a run that is stopped does not wait for the next try', async () => {
  const clock = createNapClock();
  const stop = new AbortController();
  const flaky = drivable('flaky', { retries: 3 });
  const live = rig.start(defineDag({ id: 'stopped-retry', components: [flaky.handle] }), {
    ports: { clock },
    signal: stop.signal,
  });
  (await flaky.next()).fail(new Error('not yet'));
  await clock.nap(isRetry);
  stop.abort('interrupted');
  const summary = await live.summary;
  expect(summary).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
  expect(statusesOf(await rig.details(summary))).toEqual({ flaky: 'cancelled' });
  expect(summary.components[0]).toMatchObject({ status: 'cancelled', attempts: 1 });
});

test('a component whose process dies three times in a row is parked, whatever its retries', async () => {
  const failure = { class: 'lost', message: 'its process died of SIGKILL' } as const;
  const lost: Outcome = { status: 'lost', failure, metrics: { wallMs: 1 } };
  let opened = 0;
  const workshop: Workshop = {
    open: async () => {
      opened += 1;
      return {
        pid: 4_194_305,
        probe: async () => ({ known: false, message: 'not asked' }),
        attempt: async () => lost,
        release: async () => {},
      };
    },
    close: async () => {},
  };
  const { component } = await import('signalbox');
  const dag = defineDag({ id: 'parked', components: [component({ id: 'parked', retries: 9, run: async () => null })] });
  const summary = await rig.run(dag, { process: workshop });
  expect(opened).toBe(3);
  expect(summary.components[0]).toMatchObject({ status: 'failed', reason: 'parked', attempts: 3 });
  const row = componentOf(await rig.details(summary), 'parked');
  expect(row.attempts.map(({ status }) => status)).toEqual(['lost', 'lost', 'lost']);
  expect(row).toMatchObject({ status: 'failed', failure: { class: 'lost' } });
});
