import { component, type Dag, type DagDefinition, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../../state/new-id.ts';
import { openTickRig, type TickRig } from '../../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
});
afterAll(() => rig.close());

const nothing = component({ id: 'only', isolation: 'inline', run: async () => null });

function hourly(extras: Partial<DagDefinition> = {}) {
  return defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [nothing], ...extras });
}

describe('the slots that a tick sees', () => {
  it('begin when the schedule is first seen', async () => {
    const dag = hourly();
    expect((await rig.tick(dag, '2026-03-02T09:30:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual([]);
    const { runs } = await rig.tick(dag, '2026-03-02T10:00:30Z');
    expect(runs.map(({ slot, trigger, summary }) => [slot, trigger, summary.status])).toEqual([
      [new Date('2026-03-02T10:00:00Z'), 'scheduled', 'success'],
    ]);
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z created scheduled']);
  });

  it('get one run each, however often ticks come', async () => {
    const dag = hourly();
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    for (const minute of ['10:01', '10:02', '10:59', '11:00', '11:01']) await rig.tick(dag, `2026-03-02T${minute}:00Z`);
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T10:00Z created scheduled',
      '2026-03-02T11:00Z created scheduled',
    ]);
  });

  it('are missed where they are not those of both schedules, when it changes, and begin anew', async () => {
    const dag = hourly();
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    const changed = defineDag({ id: dag.id, schedule: '*/20 * * * *', components: [nothing] });
    const { passed } = await rig.tick(changed, '2026-03-02T10:05:00Z');
    expect(passed).toMatchObject([{ slot: new Date('2026-03-02T09:40:00Z'), reason: 'schedule_changed' }]);
    await rig.tick(changed, '2026-03-02T10:21:00Z');
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T09:40Z missed schedule_changed',
      '2026-03-02T10:00Z created scheduled',
      '2026-03-02T10:20Z created scheduled',
    ]);
    const [row] = await rig.state.database.selectFrom('slot').select('evidence').where('dag', '=', dag.id).execute();
    expect(row?.evidence).toMatchObject({ before: '0 * * * * UTC', schedule: '*/20 * * * * UTC' });
  });

  it('each have a row where two versions of a DAG tick in turn', async () => {
    const versions = ['0 * * * *', '30 * * * *', undefined].map((schedule) =>
      defineDag({ id: 'turns', components: [nothing], ...(schedule && { schedule }) }),
    );
    const [hours, halves, none] = versions as [Dag, Dag, Dag];
    await rig.tick(hours, '2026-03-02T09:10:00Z');
    await rig.tick(halves, '2026-03-02T09:50:00Z');
    await rig.tick(hours, '2026-03-02T10:10:00Z');
    await rig.tick(none, '2026-03-02T10:50:00Z');
    await rig.tick(none, '2026-03-02T11:20:00Z');
    await rig.tick(halves, '2026-03-02T11:40:00Z');
    await rig.tick(halves, '2026-03-02T12:40:00Z');
    await rig.tick(hours, '2026-03-02T12:50:00Z');
    expect(await rig.story(hours)).toEqual([
      '2026-03-02T09:30Z missed schedule_changed',
      '2026-03-02T10:00Z missed schedule_changed',
      '2026-03-02T10:30Z missed schedule_changed',
      '2026-03-02T11:00Z missed schedule_changed',
      '2026-03-02T11:30Z missed schedule_changed',
      '2026-03-02T12:00Z missed schedule_changed',
      '2026-03-02T12:30Z created scheduled',
    ]);
  });

  it('are those of all components together where the DAG names no schedule', async () => {
    const at = (id: string, minute: number) =>
      component({ id, cron: `${minute} * * * *`, isolation: 'inline', run: async () => null });
    const dag = defineDag({ id: `dag-${newId()}`, components: [at('ten', 10), at('twenty', 20)] });
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    await rig.tick(dag, '2026-03-02T10:10:00Z');
    const { runs } = await rig.tick(dag, '2026-03-02T10:20:00Z');
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T10:10Z created scheduled',
      '2026-03-02T10:20Z created scheduled',
    ]);
    // `twenty` was due at 10:10 because it had never run, and is again for its own slot.
    expect(runs[0]?.summary.components.map(({ component: id, status, reason }) => [id, status, reason])).toEqual([
      ['ten', 'skipped', 'not_due'],
      ['twenty', 'success', 'undeclared_input'],
    ]);
  });

  it('are none for a DAG that nothing schedules', async () => {
    const dag = defineDag({ id: `dag-${newId()}`, components: [nothing] });
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    expect((await rig.tick(dag, '2026-03-03T09:30:00Z')).runs).toEqual([]);
    expect(await rig.story(dag)).toEqual([]);
  });
});

describe('a late tick', () => {
  const noon = { schedule: '0 12 * * *', catchup: 'none' } as const;

  it.each([
    ['12:47', ['2026-03-02T12:00Z created scheduled']],
    ['13:00', ['2026-03-02T12:00Z created scheduled']],
    ['13:01', ['2026-03-02T12:00Z missed outside_tolerance']],
  ])('at %s, without catch-up', async (time, story) => {
    const dag = hourly(noon);
    await rig.tick(dag, '2026-03-02T11:00:00Z');
    const { passed, runs } = await rig.tick(dag, `2026-03-02T${time}:00Z`);
    expect(await rig.story(dag)).toEqual(story);
    expect(passed.length + runs.length).toBe(1);
  });

  it('gives up the slots of components that went by with it, without catch-up, and not what has failed', async () => {
    const world = { fails: false };
    const at = (id: string, cron: string) =>
      component({
        id,
        isolation: 'inline',
        retries: 0,
        cron,
        run: async () => {
          if (world.fails) throw new Error('no luck');
          return null;
        },
      });
    const dag = hourly({ catchup: 'none', components: [at('eleven', '0 11 * * *'), at('quarter', '15 12 * * *')] });
    rig.clock.set('2026-03-02T09:30:00Z');
    await rig.run(dag);
    await rig.tick(dag);
    const reasonsAt = async (time: string) =>
      (await rig.tick(dag, `2026-03-02T${time}:00Z`)).runs.map(({ summary }) =>
        summary.components.map(({ reason }) => reason),
      );
    // The slot of 11:00 was missed at 12:01, and that of 12:15 is one of the run of 13:00, which is on time.
    expect(await reasonsAt('12:01')).toEqual([['not_due', 'not_due']]);
    world.fails = true;
    expect(await reasonsAt('13:59')).toEqual([['not_due', 'error']]);
    world.fails = false;
    expect(await reasonsAt('15:00')).toEqual([['not_due', 'undeclared_input']]);
    const [first] = (await rig.state.history.listRuns({ dag: dag.id, limit: 3 })).toReversed();
    const { components } = (await rig.state.history.run(first?.id ?? '')) ?? {};
    expect(components?.[0]?.decision?.checks.at(-1)?.because).toContain('was missed, and is not caught up');
  });

  it.each([
    ['none', 71, ['2026-03-05T09:00Z created scheduled']],
    ['latest', 71, ['2026-03-05T09:00Z created scheduled']],
    ['all', 48, ['2026-03-04T10:00Z created catchup', '2026-03-05T09:00Z created scheduled']],
  ] as const)('after three days off, catch-up %s', async (catchup, missed, run) => {
    const dag = hourly({ catchup });
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    await rig.tick(dag, '2026-03-05T09:30:00Z');
    const story = await rig.story(dag);
    expect(story).toHaveLength(72);
    expect(story.filter((line) => line.includes(' missed '))).toHaveLength(missed);
    const made = story.filter((line) => line.includes(' created '));
    expect([made[0], made.at(-1)]).toEqual([run[0], run.at(-1)]);
    const order = await rig.state.history.listRuns({ dag: dag.id, limit: 100 });
    const slots = order.map(({ slot }) => slot?.getTime() ?? 0);
    expect(slots).toEqual(slots.toSorted((left, right) => right - left));
  });

  it('catches the newest slot up when it is late, and says which others it stands for', async () => {
    const dag = hourly({ schedule: '0 12 * * *' });
    await rig.tick(dag, '2026-03-02T11:00:00Z');
    const { passed, runs } = await rig.tick(dag, '2026-03-04T20:00:00Z');
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T12:00Z missed superseded',
      '2026-03-03T12:00Z missed superseded',
      '2026-03-04T12:00Z created catchup',
    ]);
    expect(passed).toHaveLength(2);
    expect(runs[0]?.summary.trigger).toBe('catchup');
  });

  it('names years of slots as a range', async () => {
    const dag = hourly({ schedule: '*/5 * * * *' });
    await rig.tick(dag, '2023-03-02T00:00:00Z');
    await rig.tick(dag, '2026-03-02T00:00:00Z');
    const rows = await rig.slots(dag);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe((3 * 365 + 1) * 288);
    expect(rows[0]).toMatchObject({ status: 'missed', reason: 'superseded' });
    expect(rows[0]?.count).toBeGreaterThan(300_000);
  });
});

describe('a clock that jumps', () => {
  it('two hours ahead and back makes no slot twice and leaves none out', async () => {
    const dag = hourly({ catchup: 'all' });
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    for (const time of ['12:05', '10:06', '11:10', '12:59', '13:00']) await rig.tick(dag, `2026-03-02T${time}:00Z`);
    expect(await rig.story(dag)).toEqual([
      '2026-03-02T10:00Z created catchup',
      '2026-03-02T11:00Z created catchup',
      '2026-03-02T12:00Z created scheduled',
      '2026-03-02T13:00Z created scheduled',
    ]);
  });
});

describe('a paused DAG', () => {
  it('gets no run, and the slots of the pause are skipped for good', async () => {
    const dag = hourly();
    const scope = { environment: 'dev', dag: dag.id };
    await rig.tick(dag, '2026-03-02T09:30:00Z');
    expect(await rig.state.slots.pause(scope, 'kim', rig.clock.now())).toBe(true);
    expect(await rig.state.slots.pause(scope, 'lee', rig.clock.now())).toBe(false);
    const paused = await rig.tick(dag, '2026-03-02T10:01:00Z');
    expect(paused).toMatchObject({ runs: [], paused: { by: 'kim' } });
    expect(await rig.state.slots.unpause(scope, rig.clock.now())).toBe(true);
    expect(await rig.state.slots.unpause(scope, rig.clock.now())).toBe(false);
    await rig.tick(dag, '2026-03-02T10:30:00Z');
    await rig.tick(dag, '2026-03-02T11:00:00Z');
    expect(await rig.story(dag)).toEqual(['2026-03-02T10:00Z skipped paused', '2026-03-02T11:00Z created scheduled']);
  });
});
