import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drivable } from '../../harness/run-drivable.ts';
import { createNapClock } from '../../harness/run-naps.ts';
import { componentOf, openRunRig, type RunRig, reasonsOf, runSettings, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

test('a component that reaches its timeout has timed out, and what does not need it goes on', async () => {
  const slow = component({ id: 'slow', isolation: 'inline', timeout: '1ms', run: () => new Promise(() => {}) });
  const needs = component({ id: 'needs', isolation: 'inline', dependsOn: { slow }, run: async () => null });
  const free = component({ id: 'free', isolation: 'inline', run: async () => null });
  const summary = await rig.run(defineDag({ id: 'slow', components: [slow, needs, free] }));
  expect(summary.status).toBe('failed');
  expect(statusesOf(summary)).toEqual({ slow: 'timed_out', needs: 'upstream_failed', free: 'success' });
  const row = componentOf(await rig.details(summary), 'slow');
  expect(row).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
  expect(row.attempts).toMatchObject([{ status: 'timed_out' }]);
});

test('a run that reaches its timeout ends what is at work and skips the rest', async () => {
  const clock = createNapClock();
  const done = drivable('done');
  const atWork = drivable('at-work', { dependsOn: { done: done.handle } });
  const waits = drivable('waits', { dependsOn: { atWork: atWork.handle } });
  const retries = drivable('retries', { retries: 1 });
  const dag = defineDag({ id: 'late', components: [done, atWork, waits, retries].map(({ handle }) => handle) });
  const live = rig.start(dag, { ports: { clock } });
  (await done.next()).succeed();
  const busy = await atWork.next();
  (await retries.next()).fail(new Error('not yet'));
  await clock.nap((ms) => ms !== runSettings.timeoutMs);
  const aborted = new Promise((resolve) => busy.context.signal.addEventListener('abort', resolve));
  (await clock.nap((ms) => ms === runSettings.timeoutMs)).wake();
  await aborted;
  busy.fail(busy.context.signal.reason);
  const summary = await live.summary;
  expect(summary).toMatchObject({ status: 'timed_out', reason: 'run_timed_out' });
  expect(statusesOf(summary)).toEqual({
    done: 'success',
    'at-work': 'timed_out',
    waits: 'skipped',
    retries: 'timed_out',
  });
  const details = await rig.details(summary);
  expect(details).toMatchObject({ status: 'timed_out', reason: 'run_timed_out' });
  expect(statusesOf(details)).toEqual(statusesOf(summary));
  expect(reasonsOf(details)).toMatchObject({ 'at-work': 'run_timed_out', waits: 'run_timed_out' });
  expect(componentOf(details, 'waits').decision).toMatchObject({ verdict: 'skip', reason: 'run_timed_out' });
  expect(waits.calls).toBe(0);
});

test.each(['interrupted', 'cancelled'] as const)(
  'a stop from outside (%s) ends the run as cancelled',
  async (cause) => {
    const stop = new AbortController();
    const atWork = drivable('at-work');
    const waits = drivable('waits', { dependsOn: { atWork: atWork.handle } });
    const dag = defineDag({ id: `stop-${cause}`, components: [atWork.handle, waits.handle] });
    const live = rig.start(dag, { signal: stop.signal });
    const busy = await atWork.next();
    const aborted = new Promise((resolve) => busy.context.signal.addEventListener('abort', resolve));
    stop.abort(cause);
    await aborted;
    busy.succeed('too late to count');
    const summary = await live.summary;
    expect(summary).toMatchObject({ status: 'cancelled', reason: cause });
    const details = await rig.details(summary);
    expect(details).toMatchObject({ status: 'cancelled', reason: cause });
    expect(statusesOf(details)).toEqual({ 'at-work': 'cancelled', waits: 'cancelled' });
    expect(componentOf(details, 'at-work').attempts).toMatchObject([{ status: cause }]);
    expect(componentOf(details, 'waits').attempts).toEqual([]);
  },
);

test('a run that was stopped before it began starts nothing', async () => {
  const only = drivable('only');
  const dag = defineDag({ id: 'never', components: [only.handle] });
  const summary = await rig.run(dag, { signal: AbortSignal.abort('interrupted') });
  expect(summary.status).toBe('cancelled');
  expect(only.calls).toBe(0);
  const details = await rig.details(summary);
  expect(componentOf(details, 'only')).toMatchObject({ status: 'cancelled', decision: { reason: 'interrupted' } });
});

test('after a stop the next run takes up what is left', async () => {
  const stop = new AbortController();
  const first = drivable('first');
  const second = drivable('second', { dependsOn: { first: first.handle } });
  const dag = defineDag({ id: 'resumed', components: [first.handle, second.handle] });
  const live = rig.start(dag, { signal: stop.signal });
  (await first.next()).succeed('kept');
  const busy = await second.next();
  stop.abort('interrupted');
  busy.fail(new Error('stopped'));
  await live.summary;
  const again = rig.start(dag);
  (await first.next()).succeed('kept');
  (await second.next()).succeed();
  expect(reasonsOf(await again.summary)).toEqual({ first: 'undeclared_input', second: 'first_run' });
});
