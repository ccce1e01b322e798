import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drivable } from '../../harness/run-drivable.ts';
import { openRunRig, type RunRig, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

test('a component starts when its upstreams have ended, and not before', async () => {
  const top = drivable('top');
  const left = drivable('left', { dependsOn: { top: top.handle } });
  const right = drivable('right', { dependsOn: { top: top.handle } });
  const bottom = drivable('bottom', { dependsOn: { left: left.handle, right: right.handle } });
  const dag = defineDag({ id: 'diamond', components: [top, left, right, bottom].map(({ handle }) => handle) });
  const live = rig.start(dag);
  const first = await top.next();
  expect([left.calls, right.calls, bottom.calls]).toEqual([0, 0, 0]);
  first.succeed({ rows: 3 });
  const [one, other] = await Promise.all([left.next(), right.next()]);
  expect(one.context.inputs).toEqual({ top: { rows: 3 } });
  one.succeed('l');
  await live.event('component_finished', ({ component: id }) => id === 'left');
  expect(bottom.calls).toBe(0);
  other.succeed('r');
  const last = await bottom.next();
  expect(last.context.inputs).toEqual({ left: 'l', right: 'r' });
  last.succeed();
  const summary = await live.summary;
  expect(summary).toMatchObject({ status: 'success', counts: { success: 4 } });
  expect(statusesOf(await rig.details(summary))).toEqual(statusesOf(summary));
});

test('no more components are at work than the run has places, and the longest way goes first', async () => {
  const head = drivable('head');
  const tail = drivable('tail', { dependsOn: { head: head.handle } });
  const others = ['a', 'b', 'c'].map((id) => drivable(id));
  const all = [...others, head, tail];
  const dag = defineDag({ id: 'places', concurrency: 2, components: all.map(({ handle }) => handle) });
  const live = rig.start(dag);
  const first = await head.next();
  const second = await others[0]?.next();
  expect(all.map(({ calls }) => calls).reduce((sum, calls) => sum + calls, 0)).toBe(2);
  second?.succeed();
  const third = await others[1]?.next();
  expect(others[2]?.calls).toBe(0);
  first.succeed();
  third?.succeed();
  (await others[2]?.next())?.succeed();
  (await tail.next()).succeed();
  expect((await live.summary).status).toBe('success');
});

test('a group has no more at work than its own places, and the run’s places hold for all', async () => {
  const grouped = ['a', 'b', 'c'].map((id) => drivable(id, { group: 'api' }));
  const free = ['d', 'e'].map((id) => drivable(id));
  const dag = defineDag({
    id: 'groups',
    concurrency: 2,
    groups: { api: { concurrency: 1 } },
    components: [...grouped, ...free].map(({ handle }) => handle),
  });
  const live = rig.start(dag);
  let atWork = 0;
  let apiAtWork = 0;
  const drive = async (one: (typeof grouped)[number], isGrouped: boolean) => {
    const invocation = await one.next();
    atWork += 1;
    if (isGrouped) apiAtWork += 1;
    expect(atWork).toBeLessThanOrEqual(2);
    expect(apiAtWork).toBeLessThanOrEqual(1);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    atWork -= 1;
    if (isGrouped) apiAtWork -= 1;
    invocation.succeed();
  };
  await Promise.all([...grouped.map((one) => drive(one, true)), ...free.map((one) => drive(one, false))]);
  expect((await live.summary).counts).toEqual({ success: 5 });
});

test('one that fails stops only those that need it', async () => {
  const bad = drivable('bad');
  const needs = drivable('needs', { dependsOn: { bad: bad.handle } });
  const needsToo = drivable('needs-too', { dependsOn: { needs: needs.handle } });
  const good = drivable('good');
  const after = drivable('after', { dependsOn: { good: good.handle } });
  const dag = defineDag({
    id: 'islands',
    components: [bad, needs, needsToo, good, after].map(({ handle }) => handle),
  });
  const live = rig.start(dag);
  (await bad.next()).fail(new Error('boom'));
  await live.event('component_finished', ({ component: id }) => id === 'needs-too');
  (await good.next()).succeed();
  (await after.next()).succeed();
  const summary = await live.summary;
  expect(summary.status).toBe('failed');
  expect(statusesOf(summary)).toEqual({
    bad: 'failed',
    needs: 'upstream_failed',
    'needs-too': 'upstream_failed',
    good: 'success',
    after: 'success',
  });
  const details = await rig.details(summary);
  expect(details.status).toBe('failed');
  expect(statusesOf(details)).toEqual(statusesOf(summary));
});

describe('a place that stays taken', () => {
  test('lets the others of the run end when the run is stopped', async () => {
    const stuck = component({ id: 'stuck', run: async () => null });
    const next = component({ id: 'waits', run: async () => null });
    const dag = defineDag({ id: 'stuck-places', concurrency: 1, components: [stuck, next] });
    const stop = new AbortController();
    const failure = { class: 'infra', message: 'could not be ended', retryable: false } as const;
    const process = {
      open: async () => ({
        pid: 4_194_305,
        probe: async () => ({ known: false, message: 'not asked' }) as const,
        attempt: async () => ({ status: 'failed', failure, metrics: { wallMs: 1 }, survivorPid: 4_194_305 }) as const,
        release: async () => {},
      }),
      close: async () => {},
    };
    const live = rig.start(dag, { process, signal: stop.signal });
    await live.event('component_finished');
    stop.abort('interrupted');
    const summary = await live.summary;
    expect(summary.status).toBe('cancelled');
    expect(Object.values(statusesOf(summary)).toSorted()).toEqual(['cancelled', 'failed']);
  });
});

test('a run with many places at work warns of nothing', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  const many = Array.from({ length: 40 }, (_, index) => drivable(`c${index}`));
  const dag = defineDag({ id: 'many', concurrency: 40, components: many.map(({ handle }) => handle) });
  const live = rig.start(dag);
  const invocations = await Promise.all(many.map((one) => one.next()));
  for (const invocation of invocations) invocation.succeed();
  await live.summary;
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

test('many that are ready at once leave room for whatever else this process does', async () => {
  let ran = 0;
  let ranBefore: number | undefined;
  const run = async () => {
    ran += 1;
    if (ran === 1) setImmediate(() => (ranBefore = ran));
    return null;
  };
  const all = Array.from({ length: 200 }, (_, index) => component({ id: `c${index}`, isolation: 'inline', run }));
  const summary = await rig.run(defineDag({ id: 'many', concurrency: 200, components: all }));
  expect(summary.counts).toEqual({ success: 200 });
  expect(ranBefore).toBeLessThan(100);
});
