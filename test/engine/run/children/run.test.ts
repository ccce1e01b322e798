import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Dag } from '../../../../engine/model/component.ts';
import { bundleOf, type ChildRig, rigChildren } from '../../../harness/run-children.ts';
import { createGatedClock, gatedMs } from '../../../harness/run-clock.ts';
import { isAlive } from '../../../harness/run-processes.ts';
import { componentOf, openRunRig, type RunRig, statusesOf } from '../../../harness/run-rig.ts';

const file = fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url));
const clock = createGatedClock();
const settings = { componentTimeoutMs: gatedMs, graceMs: 50 };
let rig: RunRig;
let children: ChildRig;
let dag: Dag;
let cacheDirectory: string;

beforeAll(async () => {
  rig = await openRunRig();
  cacheDirectory = `${rig.storageRoot}/cache`;
});
afterAll(() => rig.close());
beforeEach(async () => {
  children = await rigChildren({ file, clock, cacheDirectory, spare: 1 });
  ({ dag } = await bundleOf(file, cacheDirectory));
  return () => children.close();
});

const start = (components: readonly string[], signal = new AbortController().signal) =>
  rig.start(dag, { components, settings, process: children.workshop, ports: { clock }, signal });

test('components that cannot be asked to end are dead with all they started, and the run goes on', async () => {
  const hostile = ['busy', 'deaf', 'grandchild'];
  const live = start([...hostile, 'ok']);
  const pids: number[] = [];
  for (const id of hostile) {
    await live.event('attempt_logged', ({ component }) => component === id);
    pids.push((await live.event('attempt_started', ({ component }) => component === id)).pid ?? 0);
  }
  const told = await live.event('attempt_logged', ({ component }) => component === 'grandchild');
  pids.push(Number(told.message.replace('grandchild ', '')));
  expect(pids.map(isAlive)).toEqual([true, true, true, true]);
  await live.event('component_finished', ({ component }) => component === 'ok');
  await clock.expire();
  const summary = await live.summary;
  expect(pids.map(isAlive)).toEqual([false, false, false, false]);
  const details = await rig.details(summary);
  expect(statusesOf(details)).toMatchObject({
    busy: 'timed_out',
    deaf: 'timed_out',
    grandchild: 'timed_out',
    ok: 'success',
  });
  expect(componentOf(details, 'busy').attempts).toMatchObject([{ status: 'timed_out', pid: pids[0] }]);
});

test('an attempt in a child is on record before the child is told of it', async () => {
  const live = start(['waits']);
  const { runId, pid } = await live.event('attempt_started', ({ component }) => component === 'waits');
  const row = componentOf(await rig.details(runId), 'waits');
  expect(row).toMatchObject({ status: 'running', attempts: [{ number: 1, status: 'running', pid }] });
  await live.event('attempt_logged', ({ component }) => component === 'waits');
  process.kill(pid ?? 0, 'SIGKILL');
  const second = await live.event(
    'attempt_started',
    ({ attempt, component }) => component === 'waits' && attempt === 2,
  );
  await live.event('attempt_logged', ({ attempt, component }) => component === 'waits' && attempt === 2);
  process.kill(second.pid ?? 0, 'SIGKILL');
  const third = await live.event('attempt_started', ({ attempt, component }) => component === 'waits' && attempt === 3);
  await live.event('attempt_logged', ({ attempt, component }) => component === 'waits' && attempt === 3);
  process.kill(third.pid ?? 0, 'SIGKILL');
  const details = await rig.details(await live.summary);
  expect(componentOf(details, 'waits')).toMatchObject({ status: 'failed', reason: 'parked' });
  expect(componentOf(details, 'waits').attempts.map(({ status }) => status)).toEqual(['lost', 'lost', 'lost']);
});

test('a stop of the run ends what is at work in children', async () => {
  const stop = new AbortController();
  const live = start(['busy', 'polite'], stop.signal);
  const started = await Promise.all(
    ['busy', 'polite'].map(async (id) => {
      await live.event('attempt_logged', ({ component }) => component === id);
      return live.event('attempt_started', ({ component }) => component === id);
    }),
  );
  stop.abort('interrupted');
  const summary = await live.summary;
  expect(started.map(({ pid }) => isAlive(pid ?? 0))).toEqual([false, false]);
  expect(summary).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
  const details = await rig.details(summary);
  for (const id of ['busy', 'polite']) {
    expect(componentOf(details, id)).toMatchObject({ status: 'cancelled', attempts: [{ status: 'interrupted' }] });
  }
});

test('what a child used is measured, attempt by attempt', async () => {
  const summary = await start(['ok']).summary;
  const [attempt] = componentOf(await rig.details(summary), 'ok').attempts;
  expect(attempt?.metrics?.wallMs).toBeGreaterThan(0);
  expect(attempt?.metrics?.cpuMs).toBeGreaterThanOrEqual(0);
  expect(attempt?.metrics?.peakRssBytes).toBeGreaterThan(20_000_000);
});
