import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailurePolicy } from '../../../engine/model/component.ts';
import { drivable } from '../../harness/run-drivable.ts';
import { componentOf, openRunRig, type RunRig, reasonsOf, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

/** `bad` fails while `busy` is at work; `next` needs `busy`, `needs` needs `bad`, `anyway` only that both have ended. */
function fourAround(id: string) {
  const bad = drivable('bad');
  const busy = drivable('busy');
  const next = drivable('next', { dependsOn: { busy: busy.handle } });
  const needs = drivable('needs', { dependsOn: { bad: bad.handle } });
  const anyway = drivable('anyway', { dependsOn: { bad: bad.handle, busy: busy.handle }, rule: 'all_done' });
  const components = [bad, busy, next, needs, anyway].map(({ handle }) => handle);
  return { dag: defineDag({ id, components }), bad, busy, next, needs, anyway };
}

async function begin(failurePolicy: FailurePolicy) {
  const { dag, ...drivables } = fourAround(`first-${failurePolicy.replace('_', '-')}`);
  const live = rig.start(dag, { settings: { failurePolicy } });
  const busy = await drivables.busy.next();
  (await drivables.bad.next()).fail(new Error('broken'));
  return { ...drivables, live, busy };
}

describe('when a component has failed', () => {
  test('under `continue` all goes on that does not need it', async () => {
    const { live, busy, next, anyway } = await begin('continue');
    await live.event('component_finished', ({ component: id }) => id === 'bad');
    busy.succeed();
    (await next.next()).succeed();
    (await anyway.next()).succeed();
    const summary = await live.summary;
    expect(summary.status).toBe('failed');
    expect(statusesOf(summary)).toEqual({
      bad: 'failed',
      busy: 'success',
      next: 'success',
      needs: 'upstream_failed',
      anyway: 'success',
    });
  });

  test('under `stop_new` what is at work goes on, and nothing more begins', async () => {
    const { live, busy, next, needs, anyway } = await begin('stop_new');
    await live.event('component_finished', ({ component: id }) => id === 'bad');
    expect(busy.context.signal.aborted).toBe(false);
    busy.succeed();
    const summary = await live.summary;
    expect(summary).toMatchObject({ status: 'failed' });
    const details = await rig.details(summary);
    expect(details.status).toBe('failed');
    expect(statusesOf(details)).toEqual({
      bad: 'failed',
      busy: 'success',
      next: 'skipped',
      needs: 'skipped',
      anyway: 'skipped',
    });
    expect(reasonsOf(details)).toMatchObject({
      next: 'after_failure',
      needs: 'after_failure',
      anyway: 'after_failure',
    });
    expect(componentOf(details, 'next').decision).toMatchObject({
      verdict: 'skip',
      reason: 'after_failure',
      checks: [{ check: 'run_open', because: expect.stringContaining('had failed') }],
    });
    expect([next.calls, needs.calls, anyway.calls]).toEqual([0, 0, 0]);
  });

  test('under `abort` what is at work is stopped, too', async () => {
    const { live, busy, next } = await begin('abort');
    await new Promise((resolve) => busy.context.signal.addEventListener('abort', resolve));
    busy.fail(busy.context.signal.reason);
    const summary = await live.summary;
    expect(summary.status).toBe('failed');
    const details = await rig.details(summary);
    expect(statusesOf(details)).toMatchObject({ bad: 'failed', busy: 'cancelled', next: 'skipped', needs: 'skipped' });
    expect(reasonsOf(details)).toMatchObject({ busy: 'after_failure', next: 'after_failure' });
    expect(componentOf(details, 'busy').attempts).toMatchObject([
      { status: 'cancelled', failure: { message: expect.stringContaining('another component of the run had failed') } },
    ]);
    expect(next.calls).toBe(0);
  });
});

describe('under `stop_new`', () => {
  const settings = {
    failurePolicy: 'stop_new',
    concurrency: 1,
    retries: { max: 1, delayMs: 0, maxDelayMs: 0 },
  } as const;

  test('the place of what failed is not given to the next one', async () => {
    const first = component({
      id: 'first',
      isolation: 'inline',
      retries: 0,
      run: () => Promise.reject(new Error('no')),
    });
    const second = drivable('second');
    const dag = defineDag({ id: 'one-place', components: [first, second.handle] });
    const summary = await rig.run(dag, { settings });
    expect(statusesOf(summary)).toEqual({ first: 'failed', second: 'skipped' });
    expect(second.calls).toBe(0);
  });

  test('a failure that is tried again is none yet', async () => {
    let tries = 0;
    const shaky = component({
      id: 'shaky',
      isolation: 'inline',
      run: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
        return tries;
      },
    });
    const after = component({ id: 'after', isolation: 'inline', dependsOn: { shaky }, run: async () => 'well' });
    const summary = await rig.run(defineDag({ id: 'shaky', components: [shaky, after] }), { settings });
    expect(statusesOf(summary)).toEqual({ shaky: 'success', after: 'success' });
  });

  test('what would be tried again is not', async () => {
    const bad = drivable('bad', { retries: 0 });
    const again = drivable('again');
    const dag = defineDag({ id: 'no-retry', components: [bad.handle, again.handle] });
    const live = rig.start(dag, { settings: { ...settings, concurrency: 2 } });
    const atWork = await again.next();
    (await bad.next()).fail(new Error('broken'));
    await live.event('component_finished', ({ component: id }) => id === 'bad');
    atWork.fail(new Error('once'));
    expect(statusesOf(await live.summary)).toEqual({ bad: 'failed', again: 'failed' });
    expect(again.calls).toBe(1);
  });
});
