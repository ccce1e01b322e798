import { component, type DagDefinition, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readyDag } from '../../../../engine/embed/ready-dag.ts';
import { workDag } from '../../../../engine/embed/tick/work-dag.ts';
import type { NewSlot } from '../../../../engine/model/slot-store.ts';
import { newId } from '../../../../state/new-id.ts';
import { drivable } from '../../../harness/run-drivable.ts';
import { openTickRig, type TickRig } from '../../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
});
afterAll(() => rig.close());

const scopeOf = ({ id: dag }: { readonly id: string }) => ({ environment: 'dev', dag });
const instant = (time: string) => new Date(`2026-03-02T${time}:00Z`);

function hourly(components: DagDefinition['components'], extras: Partial<DagDefinition> = {}) {
  return defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components, ...extras });
}

const quick = () => component({ id: 'only', isolation: 'inline', run: async () => null });

describe('two at once', () => {
  it('make one run, whoever is first', async () => {
    const dag = hourly([quick()]);
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    rig.clock.set('2026-03-02T10:05:00Z');
    const done = await Promise.all([rig.tick(dag), rig.tick(dag), rig.runDue(dag)]);
    expect(done.flatMap(({ runs }) => runs).filter(({ slot }) => slot !== undefined)).toHaveLength(1);
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z created scheduled']);
  });

  it('keep the order: the slot after one that is at work is left to whoever is at work', async () => {
    const only = drivable('only');
    const dag = hourly([only.handle]);
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    rig.clock.set('2026-03-02T10:00:00Z');
    const first = rig.tick(dag);
    const ten = await only.next();
    expect((await rig.tick(dag, '2026-03-02T11:00:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z created scheduled', '2026-03-02T11:00Z due scheduled']);
    ten.succeed();
    (await only.next()).succeed();
    expect((await first).runs.map(({ slot }) => slot)).toEqual([instant('10:00'), instant('11:00')]);
  });

  it('beside a run by hand, the slot waits for its claims and answers then', async () => {
    const only = drivable('only', { frequency: 'hourly' });
    const dag = hourly([only.handle]);
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    rig.clock.set('2026-03-02T10:05:00Z');
    const byHand = rig.run(dag);
    const held = await only.next();
    const ticking = rig.tick(dag);
    await rig.waiting();
    held.succeed();
    expect((await byHand).status).toBe('success');
    // The run by hand, at 10:05, has answered the slot of 10:00.
    expect((await ticking).runs[0]?.summary.components[0]).toMatchObject({ status: 'skipped', reason: 'not_due' });
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z created scheduled']);
  });
});

describe('a slot that a killed tick has left', () => {
  const due = (time: string): NewSlot => ({ slot: instant(time), status: 'due', trigger: 'scheduled', evidence: {} });

  /** A DAG whose slots a tick has recorded, at whatever time, and not run. */
  async function left(times: readonly string[], extras: Partial<DagDefinition> = {}) {
    const dag = hourly([quick()], extras);
    await rig.tick(dag, '2026-03-02T00:30:00Z');
    const schedule = '0 * * * * UTC';
    const from = { watermark: instant('00:30'), schedule };
    const slots = { from, watermark: instant('09:30'), schedule, others: {}, slots: times.map(due) };
    expect(await rig.state.slots.record({ ...scopeOf(dag), ...slots })).toBe(true);
    return dag;
  }

  it('is taken by the next one', async () => {
    const dag = await left(['09:00']);
    const { runs } = await rig.tick(dag, '2026-03-02T09:31:00Z');
    expect(runs.map(({ slot }) => slot)).toEqual([instant('09:00')]);
  });

  it('is missed where a newer one stands for it', async () => {
    const dag = await left(['09:00']);
    const { passed } = await rig.tick(dag, '2026-03-02T10:01:00Z');
    expect(passed).toMatchObject([{ slot: instant('09:00'), reason: 'superseded' }]);
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T09:00Z missed superseded',
      '2026-03-02T10:00Z created scheduled',
    ]);
  });

  it.each([
    ['none', ['2026-03-02T08:00Z missed outside_tolerance']],
    ['all', ['2026-03-02T08:00Z created scheduled']],
  ] as const)('is late under catch-up %s as any other', async (catchup, story) => {
    const dag = await left(['08:00'], { catchup });
    await rig.tick(dag, '2026-03-02T09:31:00Z');
    expect(await rig.story(dag)).toEqual(story);
  });
});

describe('reopened slots', () => {
  const reopened = (dag: { readonly id: string }, name: string, time: string, notBefore: string, deadline: string) =>
    rig.state.sql(`insert into slot (environment, dag, component, slot, status, trigger, reason, not_before, deadline)
      values ('dev', '${dag.id}', '${name}', '${instant(time).toISOString()}', 'due', 'retry', 'quota_exhausted',
        '${instant(notBefore).toISOString()}', '${instant(deadline).toISOString()}')`);

  function pair() {
    const up = component({ id: 'up', isolation: 'inline', frequency: 'daily', run: async () => 1 });
    const down = component({
      id: 'down',
      isolation: 'inline',
      frequency: 'daily',
      dependsOn: { up },
      run: async () => 2,
    });
    const other = component({ id: 'other', isolation: 'inline', run: async () => 3 });
    return defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components: [up, down, other] });
  }

  it('get one run together when their time has come, of their components only', async () => {
    const dag = pair();
    await rig.tick(dag, '2026-03-02T08:00:00Z');
    for (const name of ['up', 'down']) await reopened(dag, name, '09:10', '16:00', '20:00');
    expect((await rig.tick(dag, '2026-03-02T15:59:00Z')).runs).toEqual([]);
    const { runs } = await rig.tick(dag, '2026-03-02T16:00:00Z');
    expect(runs.map(({ slot, trigger }) => [slot, trigger])).toEqual([[instant('09:10'), 'retry']]);
    expect(runs[0]?.summary.components.map(({ component: id, status, reason }) => [id, status, reason])).toEqual([
      ['up', 'success', 'first_run'],
      ['down', 'success', 'first_run'],
      ['other', 'skipped', 'not_selected'],
    ]);
    expect((await rig.tick(dag, '2026-03-02T16:01:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual([
      'down 2026-03-02T09:10Z created quota_exhausted',
      'up 2026-03-02T09:10Z created quota_exhausted',
    ]);
  });

  it('are not asked again when something has answered since', async () => {
    const dag = pair();
    await rig.tick(dag, '2026-03-02T08:00:00Z');
    await reopened(dag, 'up', '09:10', '10:00', '20:00');
    rig.clock.set('2026-03-02T09:30:00Z');
    await rig.run(dag);
    const { runs } = await rig.tick(dag, '2026-03-02T10:00:00Z');
    expect(runs[0]?.summary.components[0]).toMatchObject({ component: 'up', status: 'skipped', reason: 'not_due' });
  });

  it('are missed after their deadline, and where a newer one of the same component is open', async () => {
    const dag = pair();
    await rig.tick(dag, '2026-03-02T08:00:00Z');
    await reopened(dag, 'up', '09:10', '10:00', '12:00');
    await reopened(dag, 'down', '09:10', '10:00', '20:00');
    await reopened(dag, 'down', '09:40', '10:00', '20:00');
    const { passed } = await rig.tick(dag, '2026-03-02T12:00:00Z');
    expect(passed.map(({ component: name, slot, reason }) => [name, slot, reason])).toEqual([
      ['up', instant('09:10'), 'deadline'],
      ['down', instant('09:10'), 'superseded'],
    ]);
  });
});

describe('run --due', () => {
  it('runs what has never run, then nothing until something is due', async () => {
    const dag = hourly([quick()]);
    const first = await rig.runDue(dag, '2026-03-02T09:30:00Z');
    expect(first.runs.map(({ slot, trigger }) => [slot, trigger])).toEqual([[undefined, 'scheduled']]);
    expect((await rig.runDue(dag, '2026-03-02T09:40:00Z')).runs).toEqual([]);
    const next = await rig.runDue(dag, '2026-03-02T10:00:00Z');
    expect(next.runs.map(({ slot }) => slot)).toEqual([instant('10:00')]);
    expect((await rig.runDue(dag, '2026-03-02T10:01:00Z')).runs).toEqual([]);
  });

  it('tries again what failed, as a tick does with the next slot', async () => {
    const world = { fails: true };
    const fickle = component({
      id: 'fickle',
      isolation: 'inline',
      frequency: 'monthly',
      retries: 0,
      run: async () => {
        if (world.fails) throw new Error('the source is down');
      },
    });
    const dag = hourly([fickle]);
    const ends = ({ runs }: Awaited<ReturnType<TickRig['tick']>>) =>
      runs.map(({ summary }) => summary.components[0]?.status);
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    expect(ends(await rig.tick(dag, '2026-03-02T10:00:00Z'))).toEqual(['failed']);
    expect(ends(await rig.runDue(dag, '2026-03-02T10:01:00Z'))).toEqual(['failed']);
    world.fails = false;
    expect(ends(await rig.tick(dag, '2026-03-02T11:00:00Z'))).toEqual(['success']);
    expect(ends(await rig.tick(dag, '2026-03-02T12:00:00Z'))).toEqual(['skipped']);
    expect(ends(await rig.runDue(dag, '2026-03-02T12:01:00Z'))).toEqual([]);
    expect(ends(await rig.tick(dag, '2026-04-01T00:00:00Z'))).toEqual(['success']);
  });

  it('is not needed where only components have schedules: ticks ask again what failed, less and less often', async () => {
    const world = { fails: true };
    const fickle = component({
      id: 'fickle',
      isolation: 'inline',
      frequency: 'monthly',
      retries: 0,
      run: async () => {
        if (world.fails) throw new Error('the source is down');
      },
    });
    const dag = defineDag({ id: `dag-${newId()}`, components: [fickle] });
    const asked: number[] = [];
    await rig.tick(dag, '2026-02-27T09:30:00Z');
    expect((await rig.tick(dag, '2026-02-28T09:30:00Z')).runs).toEqual([]);
    for (let minute = 1; minute <= 120; minute += 1) {
      const { runs } = await rig.tick(dag, new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString());
      if (runs.length > 0) asked.push(minute);
    }
    expect(asked).toEqual([1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94]);
    world.fails = false;
    expect((await rig.tick(dag, '2026-03-01T08:00:00Z')).runs[0]?.summary.status).toBe('success');
    expect((await rig.tick(dag, '2026-03-20T08:00:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual(['2026-03-01T00:00Z created scheduled']);
  });

  it('leaves alone what the policy has given up', async () => {
    const sunday = component({ id: 'sunday', isolation: 'inline', cron: '0 12 * * SUN', run: async () => null });
    const dag = hourly([sunday], { catchup: 'none', schedule: '0 12 * * SUN' });
    rig.clock.set('2026-02-24T00:00:00Z');
    await rig.run(dag);
    await rig.tick(dag, '2026-02-24T00:00:00Z');
    expect((await rig.runDue(dag, '2026-03-01T13:01:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual(['2026-03-01T12:00Z missed outside_tolerance']);
  });
});

it('a DAG that cannot be run says why, and its slot stays open', async () => {
  const dag = hourly([
    component({ id: 'keyed', isolation: 'inline', secrets: ['NO_SUCH_KEY'], run: async () => null }),
  ]);
  await rig.tick(dag, '2026-03-02T09:30:00Z');
  rig.clock.set('2026-03-02T10:00:00Z');
  const done = await workDag(await readyDag(dag, rig.lent.config), {}, rig.lent);
  expect(done.error).toMatchObject({ message: expect.stringContaining('NO_SUCH_KEY'), exitCode: 78 });
  expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z due scheduled']);
});
