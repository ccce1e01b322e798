import type { Config } from '../../../config/load.ts';
import type { SlotStore } from '../../model/slot-store.ts';
import type { DagTick, PassedSlot, SlotRun } from '../../model/tick.ts';
import { SlotTaken } from '../../run/slot-taken.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import type { ReadyDag } from '../engine.ts';
import { type Lent, runOnce } from '../run-once.ts';
import { openWork, type SlotOrder } from './open-slots.ts';
import type { TickOptions } from './options.ts';
import { isAhead, passedOf, plannedSlots, showOwn } from './plan-slots.ts';
import { slotSettingsOf } from './slot-settings.ts';

/**
 * Gives each slot of a DAG since the last tick its row, then makes the runs of the open ones, one after another. Whoever
 * else works on the same DAG takes other slots, or finds none: a slot is taken with the making of its run.
 */
export async function workDag(ready: ReadyDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  const runs: SlotRun[] = [];
  const passed: PassedSlot[] = [];
  const dag = ready.dag.id;
  try {
    const { slots } = await lent.state();
    const { paused, watermark } = await recordSlots(ready, slots, passed, lent);
    const ahead = isAhead(watermark, lent.clock.now()) ? { ahead: watermark } : {};
    if (paused) return { dag, paused, ...ahead, runs, passed };
    await runOpen(ready, slots, { runs, passed }, options, lent);
    return { dag, ...ahead, runs, passed };
  } catch (error) {
    return { dag, runs, passed, error };
  }
}

/** Each of them another tick was first: what came since the last one is for the next. */
const roundsMax = 10;

/** Looks anew when another tick has moved the watermark meanwhile: what is left for this one is what came since. */
async function recordSlots(ready: ReadyDag, slots: SlotStore, passed: PassedSlot[], { config, clock }: Lent) {
  const scope = scopeOf(ready, config);
  const { own } = dagScheduleOf(ready.dag);
  for (let round = 1; ; round += 1) {
    const now = clock.now();
    const record = await slots.observe(scope, showOwn(own), now);
    const planned = plannedSlots(own, record, slotSettingsOf(ready.dag, config.settings), now);
    const hasMoved = planned.watermark > record.watermark || planned.schedule !== record.schedule;
    const isDone = !hasMoved || (await slots.record({ ...scope, from: record, ...planned }));
    if (!isDone && round < roundsMax) continue;
    if (isDone) passed.push(...passedOf(planned.slots));
    return { paused: record.paused, watermark: planned.watermark };
  }
}

interface Done {
  readonly runs: SlotRun[];
  readonly passed: PassedSlot[];
}

/** Looks at what is open after each run: another tick may have added to it, or taken from it. */
async function runOpen(ready: ReadyDag, slots: SlotStore, done: Done, options: TickOptions, lent: Lent): Promise<void> {
  const { config, clock } = lent;
  const scope = scopeOf(ready, config);
  const settings = slotSettingsOf(ready.dag, config.settings);
  const components = new Set(ready.dag.components.map(({ id }) => id));
  while (!options.signal?.aborted) {
    const { next, closed } = openWork(await slots.open(scope), components, settings, clock.now());
    for (const { reason, slots: late } of closed) {
      const evidence = { now: clock.now().toISOString() };
      const missed = await slots.close({ slots: late, status: 'missed', reason, evidence });
      done.passed.push(
        ...missed.map(({ component, slot }) => ({ component, slot, count: 1, status: 'missed' as const, reason })),
      );
    }
    if (!next) return;
    const run = await runSlot(ready, next, options, lent);
    if (run) done.runs.push(run);
  }
}

/** Undefined when somebody else has taken the slot. */
async function runSlot(
  ready: ReadyDag,
  { slot, trigger, advances, takes }: SlotOrder,
  options: TickOptions,
  lent: Lent,
): Promise<SlotRun | undefined> {
  const components = takes.filter((component) => component !== '');
  try {
    const selection = components.length > 0 ? { components } : {};
    const terms = { ...selection, trigger, slot, advances, takes, answersSlots: true };
    const summary = await runOnce(ready, { ...options, ...terms }, lent);
    return { slot, trigger, summary };
  } catch (error) {
    if (error instanceof SlotTaken) return undefined;
    throw error;
  }
}

function scopeOf({ dag }: ReadyDag, { environment }: Config) {
  return { environment, dag: dag.id };
}
