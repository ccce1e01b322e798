import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackfill } from '../../../../engine/embed/backfill/create-backfill.ts';
import { workBackfill } from '../../../../engine/embed/backfill/work-backfill.ts';
import { readyDag } from '../../../../engine/embed/ready-dag.ts';
import type { Backfill } from '../../../../engine/model/backfill.ts';
import { newId } from '../../../../state/new-id.ts';
import { drivable } from '../../../harness/run-drivable.ts';
import { openTickRig, type TickRig } from '../../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
});
afterAll(() => rig.close());

const instant = (time: string) => new Date(`2026-03-02T${time}:00Z`);
const quick = (id = 'only') => component({ id, isolation: 'inline', run: async () => null });
const reopened = (dag: string, name: string, time: string) =>
  rig.state.sql(`insert into slot (environment, dag, component, slot, status, trigger, reason, not_before, deadline)
    values ('dev', '${dag}', '${name}', '${instant(time).toISOString()}', 'due', 'retry', 'quota_exhausted',
      '${instant(time).toISOString()}', '2026-03-09T00:00:00Z')`);

it('a reopened slot of a component that is no longer there stands in nobody’s way', async () => {
  const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [quick()] });
  await rig.tick(dag, '2026-03-02T08:30:00Z');
  for (const name of ['gone', 'only']) await reopened(dag.id, name, '08:40');
  const { runs, passed } = await rig.tick(dag, '2026-03-02T09:00:00Z');
  expect(runs.map(({ slot, trigger }) => [slot, trigger])).toEqual([
    [instant('08:40'), 'retry'],
    [instant('09:00'), 'scheduled'],
  ]);
  expect(passed).toMatchObject([{ component: 'gone', slot: instant('08:40'), status: 'missed', reason: 'removed' }]);
  expect(await rig.story(dag)).toEqual([
    'gone 2026-03-02T08:40Z missed removed',
    'only 2026-03-02T08:40Z created quota_exhausted',
    '2026-03-02T09:00Z created scheduled',
  ]);
});

describe('a backfill at work', () => {
  async function filling() {
    const only = drivable('only');
    const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [only.handle] });
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    const ready = await readyDag(dag, rig.lent.config);
    const span = { from: instant('01:00'), to: instant('03:00'), createdBy: 'somebody' };
    const { backfill } = await createBackfill(ready, span, rig.lent);
    const whole: Backfill = { ...backfill, status: 'running', finishedAt: null, counts: {} };
    const work = () => workBackfill(ready, whole, {}, rig.lent);
    return { dag, only, work };
  }

  it('keeps no slot from its run, and makes way for it', async () => {
    const { dag, only, work } = await filling();
    const filled = work();
    const past = await only.next();
    rig.clock.set('2026-03-02T10:00:00Z');
    const ticking = rig.tick(dag);
    await rig.waiting();
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z created scheduled']);
    past.succeed();
    const live = await only.next();
    expect(live.context.run.slot).toEqual(instant('10:00'));
    live.succeed();
    await ticking;
    expect(await filled).toHaveLength(1);
    const again = work();
    for (let slot = 0; slot < 2; slot += 1) (await only.next()).succeed();
    expect(await again).toHaveLength(2);
  });
});

it('a pause counts from the next slot on, also for a tick that is at work', async () => {
  const only = drivable('only');
  const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', catchup: 'all', components: [only.handle] });
  await rig.tick(dag, '2026-03-02T06:30:00Z');
  const ticking = rig.tick(dag, '2026-03-02T09:00:00Z');
  const seven = await only.next();
  await rig.state.slots.pause({ environment: 'dev', dag: dag.id }, 'kim', rig.clock.now());
  seven.succeed();
  expect((await ticking).runs).toHaveLength(1);
  await rig.state.slots.unpause({ environment: 'dev', dag: dag.id }, rig.clock.now());
  const resumed = rig.tick(dag);
  for (let slot = 0; slot < 2; slot += 1) (await only.next()).succeed();
  expect((await resumed).runs).toHaveLength(2);
});

it('slots that a clock which was ahead has passed over are told of, until somebody begins anew', async () => {
  const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [quick()] });
  const scope = { environment: 'dev', dag: dag.id };
  expect((await rig.tick(dag, '2027-03-02T08:30:00Z')).ahead).toBeUndefined();
  const ahead = new Date('2027-03-02T08:30:00Z');
  expect(await rig.tick(dag, '2026-03-02T09:00:00Z')).toMatchObject({ runs: [], ahead });
  await rig.state.slots.pause(scope, 'kim', rig.clock.now());
  await rig.state.slots.unpause(scope, rig.clock.now());
  const { runs, ahead: none } = await rig.tick(dag, '2026-03-02T10:00:00Z');
  expect(none).toBeUndefined();
  expect(runs.map(({ slot }) => slot)).toEqual([instant('10:00')]);
});

it('what is deferred is not asked again before its time, where ticks ask what failed', async () => {
  const failing = component({
    id: 'only',
    isolation: 'inline',
    frequency: 'monthly',
    retries: 0,
    run: () => Promise.reject(new Error('no luck')),
  });
  const dag = defineDag({ id: `dag-${newId()}`, components: [failing] });
  await rig.tick(dag, '2026-02-27T09:30:00Z');
  expect((await rig.tick(dag, '2026-03-01T00:01:00Z')).runs).toHaveLength(1);
  await reopened(dag.id, 'only', '06:00');
  expect((await rig.tick(dag, '2026-03-01T12:00:00Z')).runs).toEqual([]);
  expect((await rig.tick(dag, '2026-03-02T06:00:00Z')).runs.map(({ trigger }) => trigger)).toEqual(['retry']);
});
