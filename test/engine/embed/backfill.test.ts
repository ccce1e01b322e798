import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, type Dag, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackfill, planBackfill } from '../../../engine/embed/backfill/create-backfill.ts';
import type { BackfillOptions } from '../../../engine/embed/backfill/options.ts';
import { workBackfill } from '../../../engine/embed/backfill/work-backfill.ts';
import { readyDag } from '../../../engine/embed/ready-dag.ts';
import { runOnce } from '../../../engine/embed/run-once.ts';
import type { Backfill } from '../../../engine/model/backfill.ts';
import type { RunEvent } from '../../../engine/model/event.ts';
import { SlotTaken } from '../../../engine/run/slot-taken.ts';
import { newId } from '../../../state/new-id.ts';
import { openTickRig, type TickRig } from '../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
  rig.clock.set('2026-03-10T06:00:00Z');
});
afterAll(() => rig.close());

const span = { from: new Date('2026-03-01'), to: new Date('2026-03-03'), createdBy: 'somebody' };

async function create(dag: Dag, options: Partial<BackfillOptions> = {}): Promise<Backfill> {
  const { backfill } = await createBackfill(await readyDag(dag, rig.lent.config), { ...span, ...options }, rig.lent);
  return find(backfill);
}

async function find({ id }: Pick<Backfill, 'id'>): Promise<Backfill> {
  const found = (await rig.state.backfills.list({ environment: 'dev' })).find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no backfill ${id}`);
  return found;
}

const work = async (dag: Dag, backfill: Backfill, signal?: AbortSignal) =>
  workBackfill(await readyDag(dag, rig.lent.config), backfill, signal ? { signal } : {}, rig.lent);

const days = (runs: Awaited<ReturnType<typeof work>>) => runs.map(({ slot }) => slot?.toISOString().slice(0, 10));

/** A body that ends when it is let go. */
function held() {
  let release = () => {};
  const released = new Promise<null>((resolve) => {
    release = () => resolve(null);
  });
  return { body: () => released, release: () => release() };
}

/** Says for which interval it ran. */
function dailyDag(seen: string[], body: (start: string) => null | Promise<null> = () => null) {
  const only = component({
    id: 'only',
    isolation: 'inline',
    retries: 0,
    run: async ({ interval }) => {
      const start = interval.start.toISOString().slice(0, 10);
      seen.push(`${start} to ${interval.end.toISOString().slice(0, 10)}`);
      return body(start);
    },
  });
  return defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components: [only] });
}

describe('a backfill', () => {
  it('makes one run for each slot of the span, each told its data interval', async () => {
    const seen: string[] = [];
    const dag = dailyDag(seen);
    const backfill = await create(dag);
    expect(days(await work(dag, backfill))).toEqual(['2026-03-01', '2026-03-02', '2026-03-03']);
    expect(seen).toEqual(['2026-02-28 to 2026-03-01', '2026-03-01 to 2026-03-02', '2026-03-02 to 2026-03-03']);
    expect(await find(backfill)).toMatchObject({ status: 'completed', counts: { success: 3 } });
  });

  it('goes backwards, and never into the future', async () => {
    const dag = dailyDag([]);
    const backfill = await create(dag, { from: new Date('2026-03-09'), to: new Date('2026-04-01'), backwards: true });
    expect(days(await work(dag, backfill))).toEqual(['2026-03-10', '2026-03-09']);
  });

  it('asks the components whose own schedule has a slot there, and records why not the others', async () => {
    const make = (id: string, more: object) => component({ id, isolation: 'inline', run: async () => id, ...more });
    const components = [make('each', {}), make('monday', { cron: '0 0 * * 1' })];
    const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components });
    const runs = await work(dag, await create(dag));
    expect(runs.map(({ summary }) => summary.components.map(({ reason }) => reason))).toEqual([
      ['backfill', 'not_due'],
      ['backfill', 'backfill'],
      ['backfill', 'not_due'],
    ]);
  });

  it('never moves what live runs go on from', async () => {
    const only = component({
      id: 'only',
      isolation: 'inline',
      run: async ({ interval, sql }) => {
        const session = await sql();
        const day = interval.end.toISOString();
        await session.stageRows('rows', [{ name: 'day', type: 'VARCHAR' }], [[day]]);
        return day;
      },
    });
    const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components: [only] });
    const scope = { environment: 'dev', dag: dag.id };
    await runOnce(await readyDag(dag, rig.lent.config), {}, rig.lent);
    const before = await rig.state.memory.lastSuccesses(scope);
    const newest = await rig.state.history.newestVersion(scope, 'rows');
    await work(dag, await create(dag));
    expect(await rig.state.memory.lastSuccesses(scope)).toEqual(before);
    expect(await rig.state.history.newestVersion(scope, 'rows')).toEqual(newest);
    expect(await rig.state.history.datasetVersions(scope, 'rows')).toHaveLength(4);
    const pointer = readFileSync(join(rig.lent.config.storageRoot, 'curated', 'rows', '_latest.json'), 'utf8');
    expect(JSON.parse(pointer)).toMatchObject({ id: newest?.id });
  });

  it('moves it when it is told to', async () => {
    const dag = dailyDag([]);
    await work(dag, await create(dag, { advances: true }));
    const success = (await rig.state.memory.lastSuccesses({ environment: 'dev', dag: dag.id })).get('only');
    expect(success?.answeredUntil).toEqual(new Date('2026-03-03'));
  });

  it('leaves slots alone that had a run, unless it is to make them again', async () => {
    let isBroken = true;
    const dag = dailyDag([], (start) => {
      if (isBroken && start === '2026-03-01') throw new Error('no luck');
      return null;
    });
    await work(dag, await create(dag));
    isBroken = false;
    const counts = async (reprocess: BackfillOptions['reprocess'] & string) =>
      (await planBackfill(await readyDag(dag, rig.lent.config), { ...span, reprocess }, rig.lent)).backfill.slots
        .length;
    expect([await counts('none'), await counts('failed'), await counts('completed')]).toEqual([0, 1, 3]);
    expect(days(await work(dag, await create(dag, { reprocess: 'failed' })))).toEqual(['2026-03-02']);
    expect(await counts('failed')).toBe(0);
  });

  it('asks what was added since, or left out, of slots that had a run', async () => {
    const make = (id: string, more: object = {}) =>
      component({ id, isolation: 'inline', run: async () => id, ...more });
    const id = `dag-${newId()}`;
    const schedule = '0 0 * * *';
    const old = defineDag({ id, schedule, components: [make('old'), make('off', { enabled: false })] });
    await work(old, await create(old, { from: new Date('2026-03-02') }));
    const added = [make('old'), make('off'), make('new'), make('monday', { cron: '0 0 * * 1' })];
    const dag = defineDag({ id, schedule, components: added });
    const backfill = await create(dag);
    expect(await rig.state.backfills.slots(backfill.id)).toMatchObject([
      { slot: new Date('2026-03-01') },
      { slot: new Date('2026-03-02'), components: ['off', 'new', 'monday'] },
      { slot: new Date('2026-03-03'), components: ['off', 'new'] },
    ]);
    const asked = (await work(dag, backfill)).map(({ summary }) =>
      summary.components.filter(({ reason }) => reason === 'backfill').map(({ component: name }) => name),
    );
    expect(asked).toEqual([
      ['old', 'off', 'new'],
      ['off', 'new', 'monday'],
      ['off', 'new'],
    ]);
    const again = await planBackfill(await readyDag(dag, rig.lent.config), span, rig.lent);
    expect([again.backfill.slots.length, again.left.length]).toEqual([0, 3]);
  });

  it('goes on where it was stopped, with the slot whose run was given up', async () => {
    const stop = new AbortController();
    const dag = dailyDag([], (start) => {
      if (start === '2026-03-01') stop.abort('cancelled');
      return null;
    });
    const backfill = await create(dag);
    await work(dag, backfill, stop.signal);
    expect(await find(backfill)).toMatchObject({ status: 'running', counts: { due: 2, success: 1 } });
    expect(days(await work(dag, backfill))).toEqual(['2026-03-02', '2026-03-03']);
    expect(await find(backfill)).toMatchObject({ status: 'completed', counts: { success: 3 } });
  });

  it('makes the run again that was lost with its engine, also when a tick has ended it since', async () => {
    const { body, release } = held();
    const dag = dailyDag([], body);
    const ready = await readyDag(dag, rig.lent.config);
    const { id } = await create(dag);
    const owner = await rig.state.owners.register();
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const emit = ({ type }: RunEvent) => type === 'attempt_started' && begin();
    const first = { trigger: 'backfill', slot: span.from, answersSlots: true, backfill: id } as const;
    const lost = runOnce(ready, first, { ...rig.lent, owner: () => Promise.resolve(owner), emit });
    await begun;
    await rig.state.owners.retire(owner);
    const tick = { environment: 'dev', owner: owner.id, host: owner.host, startedAt: rig.clock.now() };
    await rig.state.slots.beginTick(tick);
    expect(await rig.state.backfills.next(id)).toEqual({ kind: 'slot', slot: span.from });
    release();
    await lost;
  });

  it('is worked on by several at once, each slot by one', async () => {
    const dag = dailyDag([]);
    const backfill = await create(dag, { from: new Date('2026-02-01'), maxActive: 2 });
    const done = await Promise.all([1, 2, 3].map(() => work(dag, backfill)));
    const slots = days(done.flat());
    expect(new Set(slots).size).toBe(slots.length);
    const { counts } = await find(backfill);
    expect(counts).toEqual({ success: 31 });
  });

  it('has as many runs at work as it may, and refuses one more', async () => {
    const { body, release } = held();
    const dag = dailyDag([], body);
    const { id, ...backfill } = await create(dag, { maxActive: 2 });
    const atWork = work(dag, { ...backfill, id });
    // The first run is at its component, the second one waits for that.
    await rig.waiting();
    expect(await rig.state.backfills.next(id)).toEqual({ kind: 'full' });
    const third = { trigger: 'backfill', slot: span.to, answersSlots: true, advances: false, backfill: id } as const;
    const refused = runOnce(await readyDag(dag, rig.lent.config), third, rig.lent);
    await expect(refused).rejects.toBeInstanceOf(SlotTaken);
    release();
    expect(new Set(days(await atWork))).toEqual(new Set(['2026-03-01', '2026-03-02', '2026-03-03']));
  });

  describe('where an upstream rests', () => {
    /** `weekly` says for which day it was made, `daily` what it read of that. */
    function readingDag() {
      const weekly = component({
        id: 'weekly',
        isolation: 'inline',
        cron: '0 0 * * 1',
        run: async ({ interval }) => interval.end.toISOString().slice(0, 10),
      });
      const daily = component({
        id: 'daily',
        isolation: 'inline',
        dependsOn: { weekly },
        run: async ({ inputs }) => inputs.weekly,
      });
      return defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components: [weekly, daily] });
    }
    const monday = new Date('2026-03-02');
    const wednesday = { from: new Date('2026-03-04'), to: new Date('2026-03-04') };
    const readBy = (runs: Awaited<ReturnType<typeof work>>) => {
      const end = runs.at(-1)?.summary.components.find(({ component: id }) => id === 'daily');
      const { because, inputs } = end?.decision?.checks.find(({ check }) => check === 'upstreams') ?? {};
      return { read: end?.published?.output, because, marked: inputs?.read };
    };

    it.each([
      ['is not due', {}],
      ['was not asked for', { components: ['daily'], reprocess: 'completed' } as const],
    ])('because it %s, what it made for its slot is read', async (_, options) => {
      const dag = readingDag();
      await runOnce(await readyDag(dag, rig.lent.config), {}, rig.lent);
      await work(dag, await create(dag, { from: monday, to: monday }));
      const { read, because, marked } = readBy(await work(dag, await create(dag, { ...wednesday, ...options })));
      expect({ read, marked }).toEqual({ read: '2026-03-02', marked: { weekly: '2026-03-02T00:00:00.000Z' } });
      expect(because).not.toContain('no run for this slot');
    });

    it('and was not made for that slot, the newest is read, and the decision says so', async () => {
      const dag = readingDag();
      await runOnce(await readyDag(dag, rig.lent.config), {}, rig.lent);
      const { read, because, marked } = readBy(await work(dag, await create(dag, wednesday)));
      expect({ read, marked }).toEqual({ read: '2026-03-09', marked: { weekly: 'newest' } });
      expect(because).toContain('no run for this slot has made weekly');
    });
  });

  it('makes no more runs when it is cancelled', async () => {
    const dag = dailyDag([]);
    const backfill = await create(dag);
    expect(await rig.state.backfills.cancel(backfill.id, rig.clock.now())).toBe(true);
    expect(await work(dag, backfill)).toEqual([]);
    expect(await find(backfill)).toMatchObject({ status: 'cancelled', counts: { due: 3 } });
    expect(await rig.state.backfills.cancel(backfill.id, rig.clock.now())).toBe(false);
  });

  it('needs a schedule, an order in time and a bound', async () => {
    const dag = dailyDag([]);
    await expect(create(dag, { to: new Date('2026-02-01') })).rejects.toThrow(/expected --from before --to/);
    const unscheduled = defineDag({ id: `dag-${newId()}`, components: dag.components.map(toHandle) });
    await expect(create(unscheduled)).rejects.toThrow(/to have a schedule, got none/);
    const minutes = defineDag({
      id: `dag-${newId()}`,
      schedule: '* * * * *',
      components: dag.components.map(toHandle),
    });
    await expect(create(minutes, { from: new Date('2026-01-01') })).rejects.toThrow(/at most 10000 slots/);
  });
});

function toHandle({ id }: { readonly id: string }) {
  return component({ id, isolation: 'inline', run: async () => null });
}
