import { describe, expect, it } from 'vitest';
import type { NewSlot } from '../../engine/model/slot-store.ts';
import { newId } from '../../state/new-id.ts';
import { claimAll, finishOf, makeClaimed, makeRun, openAt, startOf, useScenario } from './scenario.ts';

const scenario = useScenario();
const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
const scopeOf = (dag = `dag-${newId()}`) => ({ environment: 'prd', dag });
const due = (hour: number): NewSlot => ({
  slot: at(hour),
  status: 'due',
  trigger: 'scheduled',
  evidence: { by: 'test' },
});

/** A DAG whose schedule is seen at midnight and that has these slots open. */
async function openDag(...hours: number[]) {
  const { slots } = scenario().state;
  const scope = scopeOf();
  await slots.observe(scope, 'hourly', at(0));
  const from = { watermark: at(0), schedule: 'hourly' };
  const open = { from, watermark: at(23), schedule: 'hourly', others: {}, slots: hours.map(due) };
  expect(await slots.record({ ...scope, ...open })).toBe(true);
  return scope;
}

/** What a tick a millisecond after those slots goes by. */
const later = {
  from: { watermark: at(23), schedule: 'hourly' },
  watermark: new Date(at(23).getTime() + 1),
  schedule: 'hourly',
  others: {},
};

const openHours = async (scope: { environment: string; dag: string }) =>
  (await scenario().state.slots.open(scope)).map(({ slot }) => slot.getUTCHours());

const taking = (hour: number, takes = ['']) => ({
  slot: at(hour),
  asOf: at(hour),
  answersSlots: true,
  trigger: 'scheduled' as const,
  takes,
});

describe('observe', () => {
  it('begins at first sight, and keeps what it saw then also from another schedule', async () => {
    const { slots } = scenario().state;
    const scope = scopeOf();
    const first = { watermark: at(1), schedule: 'a' };
    expect(await slots.observe(scope, 'a', at(1))).toMatchObject(first);
    expect(await slots.observe(scope, 'a', at(2))).toMatchObject(first);
    expect(await slots.observe(scope, 'b', at(3))).toMatchObject(first);
  });

  it('goes with the time as long as there is no schedule', async () => {
    const { slots } = scenario().state;
    const scope = scopeOf();
    for (const hour of [1, 2]) {
      expect(await slots.observe(scope, '', at(hour))).toMatchObject({ watermark: at(hour), schedule: '' });
    }
    expect(await slots.observe(scope, 'a', at(3))).toMatchObject({ watermark: at(2), schedule: '' });
  });

  it('begins at first sight although the DAG was paused before', async () => {
    const { slots } = scenario().state;
    const scope = scopeOf();
    await slots.pause(scope, 'kim', at(1));
    expect(await slots.observe(scope, 'a', at(5))).toMatchObject({
      watermark: at(5),
      paused: { by: 'kim', at: at(1) },
    });
  });
});

describe('record', () => {
  it('lets one of two that saw the same watermark through, and a slot keeps its row', async () => {
    const { slots, database } = scenario().state;
    const scope = await openDag(1);
    const once = () => slots.record({ ...scope, ...later, slots: [due(1), due(2)] });
    expect((await Promise.all([once(), once()])).toSorted()).toEqual([false, true]);
    const rows = await database.selectFrom('slot').select('slot').where('dag', '=', scope.dag).execute();
    expect(rows).toHaveLength(2);
  });

  it('lets nobody through who saw another schedule', async () => {
    const { slots } = scenario().state;
    const scope = await openDag();
    const daily = { ...later, from: { ...later.from, schedule: 'daily' }, slots: [due(1)] };
    expect(await slots.record({ ...scope, ...daily })).toBe(false);
    const others = { hourly: at(23).toISOString() };
    expect(await slots.record({ ...scope, ...later, schedule: 'daily', others, slots: [] })).toBe(true);
    expect(await slots.observe(scope, 'daily', at(23))).toMatchObject({ schedule: 'daily', others });
  });
});

describe('a run that takes a slot', () => {
  it('is made once, however many ask for it at once', async () => {
    const scope = await openDag(1);
    const others = await Promise.all([openAt(scenario().database), openAt(scenario().database)]);
    const ask = (state: (typeof others)[number], id: string) =>
      state.runs.createRun({
        ...scope,
        ...taking(1),
        id,
        dagVersion: 'v1',
        definition: {},
        forced: false,
        advances: true,
        owner: scenario().owner.id,
        startedAt: new Date(),
        deadline: at(23),
        selection: {},
        components: [{ id: newId(), component: 'a' }],
      });
    const ids = Array.from({ length: 6 }, newId);
    const made = await Promise.all(ids.map((id, index) => ask(others[index % 2] as (typeof others)[number], id)));
    expect(made.filter((isMade) => isMade)).toHaveLength(1);
    const winner = ids[made.indexOf(true)];
    const runs = await scenario().state.history.listRuns(scope);
    expect(runs.map(({ id, slot }) => [id, slot])).toEqual([[winner, at(1)]]);
    // Asked again, because nobody heard of the commit, it has its slot already.
    expect(await ask(others[0], winner ?? '')).toBe(true);
    await Promise.all(others.map((state) => state.close()));
  });

  it('takes all that it asks for, or is not made', async () => {
    const scope = await openDag(1);
    const run = makeRun(scenario(), { ...scope, extras: { ...taking(1, ['', 'a']) } });
    await run;
    expect(await scenario().state.history.listRuns(scope)).toEqual([]);
    expect(await openHours(scope)).toEqual([1]);
  });
});

describe('open', () => {
  it('gives no slot whose turn has not come: an earlier run goes on, and its owner lives', async () => {
    const { state, owner } = scenario();
    const scope = await openDag(1, 2);
    expect(await openHours(scope)).toEqual([1, 2]);
    const run = await makeRun(scenario(), { ...scope, extras: taking(1) });
    expect(await openHours(scope)).toEqual([]);
    await state.runs.finishRun({ owner: scenario().owner.id, id: run.id, status: 'success', finishedAt: new Date() });
    expect(await openHours(scope)).toEqual([2]);
    const other = await state.owners.register();
    await makeRun({ state, owner: other }, { ...scope, extras: taking(2) });
    expect(other.id).not.toBe(owner.id);
    await state.slots.record({ ...scope, ...later, slots: [due(3)] });
    expect(await openHours(scope)).toEqual([]);
    await state.owners.retire(other);
    expect(await openHours(scope)).toEqual([3]);
  });
});

describe('a component that is deferred', () => {
  const reopen = { notBefore: at(16), deadline: at(20) };
  const deferred = { status: 'deferred', reason: 'quota_exhausted', finishedAt: at(9), degraded: false } as const;

  it('reopens its slot with its end', async () => {
    const { state } = scenario();
    const scope = scopeOf();
    const { componentRunId, fence } = await makeClaimed(scenario(), { ...scope, extras: { asOf: at(9) } });
    expect(
      await state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, fence, ...deferred, reopen }),
    ).toBe(true);
    const [open] = await makeVisible(scope);
    expect(open).toMatchObject({ component: 'a', slot: at(9), trigger: 'retry', reason: 'quota_exhausted', ...reopen });
  });

  it('leaves no slot where its end is refused', async () => {
    const { state } = scenario();
    const scope = scopeOf();
    const { componentRunId, fence } = await makeClaimed(scenario(), { ...scope, extras: { asOf: at(9) } });
    expect(
      await state.runs.endComponentRun({
        owner: scenario().owner.id,
        componentRunId,
        fence: fence + 1,
        ...deferred,
        reopen,
      }),
    ).toBe(false);
    expect(await makeVisible(scope)).toEqual([]);
  });

  it('reopens it once more when it is deferred again, and keeps the first deadline', async () => {
    const { state, owner } = scenario();
    const scope = scopeOf();
    const first = await makeClaimed(scenario(), { ...scope, extras: { asOf: at(9) } });
    await state.runs.endComponentRun({
      owner: scenario().owner.id,
      componentRunId: first.componentRunId,
      fence: first.fence,
      ...deferred,
      reopen,
    });
    await makeVisible(scope);
    const run = await makeRun(scenario(), { ...scope, extras: { ...taking(9, ['a']), trigger: 'retry' } });
    const { fences } = await claimAll(scenario(), run);
    const again = { notBefore: at(18), deadline: at(23) };
    const [componentRunId = '', fence = 0] = [run.ids.get('a'), fences.get('a')];
    const start = startOf({ componentRunId, fence }, owner);
    await state.runs.startAttempt(start);
    await state.runs.finishAttempt(
      finishOf(start, { componentStatus: 'failed', attemptStatus: 'failed', reopen: again }),
    );
    expect(await makeVisible(scope)).toMatchObject([{ slot: at(9), notBefore: at(18), deadline: at(20) }]);
  });

  /** Open slots, when the runs of the DAG are over. */
  async function makeVisible(scope: { environment: string; dag: string }) {
    const { state } = scenario();
    for (const { id } of await state.history.listRuns(scope)) {
      await state.runs.finishRun({ owner: scenario().owner.id, id, status: 'success', finishedAt: new Date() });
    }
    return await state.slots.open(scope);
  }
});

describe('close', () => {
  it('says of open slots why they get no run, and leaves the others alone', async () => {
    const { slots, database } = scenario().state;
    const scope = await openDag(1, 2);
    await makeRun(scenario(), { ...scope, extras: taking(1) });
    const both = [1, 2].map((hour) => ({ ...scope, component: '', slot: at(hour) }));
    const closed = await slots.close({
      slots: both,
      status: 'missed',
      reason: 'superseded',
      evidence: { now: 'later' },
    });
    expect(closed.map(({ slot }) => slot)).toEqual([at(2)]);
    const rows = await database
      .selectFrom('slot')
      .select(['status', 'evidence'])
      .where('dag', '=', scope.dag)
      .execute();
    expect(rows.map(({ status }) => status).toSorted()).toEqual(['created', 'missed']);
    expect(rows.find(({ status }) => status === 'missed')?.evidence).toEqual({ by: 'test', now: 'later' });
  });
});

describe('the last tick of an environment', () => {
  it('is told while it is at work and after; an older one that ends late changes nothing', async () => {
    const { state, owner } = scenario();
    const environment = `environment-${newId()}`;
    const other = newId();
    expect(await state.slots.lastTick(environment)).toBeUndefined();
    await state.slots.beginTick({ environment, owner: other, host: 'old', startedAt: at(1) });
    await state.slots.beginTick({ environment, owner: owner.id, host: 'new', startedAt: at(2) });
    await state.slots.endTick({ environment, owner: other, finishedAt: at(3), isWell: false });
    expect(await state.slots.lastTick(environment)).toEqual({ environment, host: 'new', startedAt: at(2) });
    await state.slots.endTick({ environment, owner: owner.id, finishedAt: at(4), isWell: true });
    expect(await state.slots.lastTick(environment)).toMatchObject({ finishedAt: at(4), isWell: true });
  });
});
