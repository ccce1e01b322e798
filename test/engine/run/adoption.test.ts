import { defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeadRun } from '../../../engine/model/adoption.ts';
import type { Dag } from '../../../engine/model/component.ts';
import type { Owner } from '../../../engine/model/ports.ts';
import { SlotTaken } from '../../../engine/run/slot-taken.ts';
import { drivable } from '../../harness/run-drivable.ts';
import {
  componentOf,
  type LiveRun,
  openRunRig,
  type RigRunOptions,
  type RunRig,
  reasonsOf,
  statusesOf,
} from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

/** A run of an engine of its own; `die` lets that engine be gone and resolves with what it leaves. */
async function mortal(dag: Dag, options: RigRunOptions = {}) {
  const owner = await rig.state.owners.register();
  const run = rig.start(dag, { ...options, ports: { owner } });
  return { run, die: () => die(owner, dag) };
}

async function die({ id }: Owner, dag: Dag): Promise<DeadRun> {
  await rig.state.sql(`update signalbox.owner set lease_until = now() where id = '${id}'`);
  expect(await rig.state.owners.endDead()).toMatchObject([{ id, endedBy: 'lease_over' }]);
  const [dead] = await rig.state.adoption.deadRuns('sandbox', dag.id);
  if (!dead) throw new Error('expected a run without an engine');
  return dead;
}

const attemptsOf = async (run: LiveRun, component: string) =>
  componentOf(await rig.details(await run.summary), component).attempts.map(({ status }) => status);

test('what has ended stays, what was at work is tried again, the rest goes on; the engine that was gone changes nothing', async () => {
  const first = drivable('first');
  const second = drivable('second', { dependsOn: { first: first.handle } });
  const third = drivable('third', { dependsOn: { second: second.handle } });
  const dag = defineDag({ id: 'chain', components: [first.handle, second.handle, third.handle] });
  const { run: lost, die: end } = await mortal(dag);
  (await first.next()).succeed('made once');
  const late = await second.next();
  const dead = await end();

  const heir = rig.start(dag, { request: { adopts: dead } });
  const again = await second.next();
  expect(again.context).toMatchObject({ attempt: 2, inputs: { first: 'made once' } });
  again.succeed('made again');
  (await third.next()).succeed();
  const summary = await heir.summary;
  expect(summary).toMatchObject({ runId: dead.id, status: 'success', refused: 0 });
  expect(heir.events[0]).toMatchObject({ type: 'run_started', adopted: { endedBy: 'lease_over', ended: 1 } });
  expect(statusesOf(summary)).toEqual({ first: 'success', second: 'success', third: 'success' });
  expect([first.calls, second.calls, third.calls]).toEqual([1, 2, 1]);

  late.succeed('too late');
  expect(await lost.summary).toMatchObject({ status: 'failed', reason: 'taken_over', refused: 3 });
  expect(componentOf(await rig.details(summary), 'second')).toMatchObject({ output: 'made again' });
  expect(await attemptsOf(heir, 'second')).toEqual(['lost', 'success']);
});

test('an upstream that rested speaks through its last success, as before', async () => {
  const upstream = drivable('upstream');
  const reader = drivable('reader', { dependsOn: { upstream: upstream.handle } });
  const dag = defineDag({ id: 'rested', components: [upstream.handle, reader.handle] });
  const whole = rig.start(dag);
  (await upstream.next()).succeed('from before');
  (await reader.next()).succeed();
  await whole.summary;
  const { run: lost, die: end } = await mortal(dag, { components: ['reader'], forced: true });
  const late = await reader.next();
  const dead = await end();
  const heir = rig.start(dag, { components: ['reader'], forced: true, request: { adopts: dead } });
  const again = await reader.next();
  expect(again.context.inputs).toEqual({ upstream: 'from before' });
  again.succeed();
  expect(statusesOf(await heir.summary)).toEqual({ upstream: 'skipped', reader: 'success' });
  late.succeed();
  await lost.summary;
});

test('whoever is second to adopt a run does not', async () => {
  const only = drivable('only');
  const dag = defineDag({ id: 'heirs', components: [only.handle] });
  const { run: lost, die: end } = await mortal(dag);
  const late = await only.next();
  const dead = await end();
  const heirs = [rig.start(dag, { request: { adopts: dead } }), rig.start(dag, { request: { adopts: dead } })];
  const ended = Promise.allSettled(heirs.map(({ summary }) => summary));
  (await only.next()).succeed();
  const settled = await ended;
  expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const refused = settled.find((each) => each.status === 'rejected');
  expect(refused?.reason).toBeInstanceOf(SlotTaken);
  late.succeed();
  await lost.summary;
});

test('of what was at work when engines died, one at a time is tried, and only the culprit is parked', async () => {
  const [culprit, bystander, later] = [drivable('culprit'), drivable('bystander'), drivable('later')];
  const dag = defineDag({
    id: 'poisoned',
    concurrency: 2,
    components: [culprit.handle, bystander.handle, later.handle],
  });
  const late = [];
  const first = await mortal(dag);
  late.push(await culprit.next(), await bystander.next());
  const runs = [first.run];
  let dead = await first.die();
  for (const calls of [2, 3]) {
    const next = await mortal(dag, { request: { adopts: dead } });
    runs.push(next.run);
    late.push(await culprit.next());
    expect([culprit.calls, bystander.calls, later.calls]).toEqual([calls, 1, 0]);
    dead = await next.die();
  }
  const heir = rig.start(dag, { request: { adopts: dead } });
  (await bystander.next()).succeed();
  (await later.next()).succeed();
  const summary = await heir.summary;
  expect(summary.status).toBe('failed');
  expect(statusesOf(summary)).toEqual({ culprit: 'failed', bystander: 'success', later: 'success' });
  expect(reasonsOf(summary)).toMatchObject({ culprit: 'parked' });
  expect(await attemptsOf(heir, 'culprit')).toEqual(['lost', 'lost', 'lost']);
  expect(await attemptsOf(heir, 'bystander')).toEqual(['lost', 'success']);
  for (const invocation of late) invocation.succeed();
  await Promise.all(runs.map(({ summary: ended }) => ended));
});
