import { type ComponentOptions, component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunStore } from '../../../engine/model/ports.ts';
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

describe('an interruption', () => {
  const patient = { graceMs: 3_600_000 };

  test('lets what is at work come to its end, and lets nothing begin', async () => {
    const stop = new AbortController();
    const atWork = drivable('at-work');
    const next = drivable('next', { dependsOn: { atWork: atWork.handle } });
    const dag = defineDag({ id: 'drained', components: [atWork.handle, next.handle] });
    const live = rig.start(dag, { signal: stop.signal, settings: patient });
    const busy = await atWork.next();
    stop.abort('interrupted');
    expect(busy.context.signal.aborted).toBe(false);
    busy.succeed('in time');
    const summary = await live.summary;
    expect(summary).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
    expect(statusesOf(await rig.details(summary))).toEqual({ 'at-work': 'success', next: 'cancelled' });
    expect(next.calls).toBe(0);
  });

  test('that cuts nothing off does not make a cancelled run of it', async () => {
    const stop = new AbortController();
    const only = drivable('only');
    const live = rig.start(defineDag({ id: 'in-time', components: [only.handle] }), {
      signal: stop.signal,
      settings: patient,
    });
    const busy = await only.next();
    stop.abort('interrupted');
    busy.succeed();
    expect(await live.summary).toMatchObject({ status: 'success' });
  });

  test('waits for nothing any more when it is in a hurry', async () => {
    const [stop, hurry] = [new AbortController(), new AbortController()];
    const deaf = component({ id: 'deaf', isolation: 'inline', run: () => new Promise(() => {}) });
    const live = rig.start(defineDag({ id: 'hurried', components: [deaf] }), {
      signal: stop.signal,
      hurry: hurry.signal,
      settings: patient,
    });
    await live.event('attempt_started');
    stop.abort('interrupted');
    hurry.abort();
    const summary = await live.summary;
    expect(summary).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
    expect(componentOf(await rig.details(summary), 'deaf').attempts).toMatchObject([{ status: 'interrupted' }]);
  });

  // One more than the moments of such a run: the last one comes when all is over.
  test.each(Array.from({ length: 40 }, (_, moment) => moment))(
    'at moment %i: no attempt begins after it, and the run ends',
    async (moment) => {
      const stop = new AbortController();
      let passed = 0;
      const late: string[] = [];
      const pass = (what: string) => {
        if (stop.signal.aborted && what === 'startAttempt') late.push(what);
        if (passed === moment) stop.abort('interrupted');
        passed += 1;
      };
      const runs = new Proxy(rig.state.runs, {
        get:
          (target, name: keyof RunStore) =>
          (...given: unknown[]) => {
            pass(name);
            return (target[name] as (...all: unknown[]) => unknown)(...given);
          },
      });
      const summary = await rig.run(ladderDag(), {
        signal: stop.signal,
        settings: { concurrency: 2, retries: { max: 1, delayMs: 0, maxDelayMs: 0 } },
        ports: { runs },
      });
      expect(late).toEqual([]);
      const { status, components } = await rig.details(summary);
      expect(status).toBe(summary.status);
      expect(components.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
      expect(components.flatMap(({ attempts }) => attempts).filter(({ finishedAt }) => !finishedAt)).toEqual([]);
    },
  );
});

/** Nine components in three layers, one of which fails once. */
function ladderDag() {
  let failed = false;
  const shaky = async () => {
    if (failed) return 'well';
    failed = true;
    throw new Error('once');
  };
  const layer = (name: string, dependsOn: ComponentOptions['dependsOn'] = {}) =>
    ['a', 'b', 'c'].map((id) =>
      component({ id: `${name}-${id}`, isolation: 'inline', dependsOn, run: id === 'b' ? shaky : async () => id }),
    );
  const first = layer('first');
  const second = layer('second', Object.fromEntries(first.map((handle, index) => [`up${index}`, handle])));
  const third = layer('third', Object.fromEntries(second.map((handle, index) => [`up${index}`, handle])));
  return defineDag({ id: 'three-layers', components: [...first, ...second, ...third] });
}
