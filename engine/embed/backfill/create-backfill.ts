import { newId } from '../../../state/new-id.ts';
import type { Component } from '../../model/component.ts';
import type { JsonObject } from '../../model/json.ts';
import { showTime } from '../../model/show-time.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import { slotsBetween } from '../../schedule/slots.ts';
import type { ReadyDag } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import type { Lent } from '../run-once.ts';
import { runSchedulesOf } from '../run-schedules.ts';
import { selectedOf } from '../selected.ts';
import type { BackfillOptions, PlannedBackfill } from './options.ts';
import { slotsToFill } from './slots-to-fill.ts';

/** More slots than this are a mistake, or better filled in several backfills. */
const slotsMax = 10_000;

export async function planBackfill(ready: ReadyDag, options: BackfillOptions, lent: Lent): Promise<PlannedBackfill> {
  const { config, clock, state } = lent;
  const { dag } = ready;
  const selected = selectedOf(ready, options);
  const createdAt = clock.now();
  const scope = { environment: config.environment, dag: dag.id };
  const { from, to, createdBy, reprocess = 'none', maxActive = 1, backwards = false, advances = false } = options;
  const components = dag.components.filter(({ id, enabled }) => enabled && selected.has(id));
  const { slots, left } = slotsToFill({
    slots: slotsOf(ready, options, createdAt),
    components,
    reprocess,
    past: await (await state()).backfills.past(scope, options, idsOf(components)),
    schedules: runSchedulesOf(dag),
  });
  const selection: JsonObject = options.components === undefined ? {} : { components: [...options.components] };
  const terms = { from, to, selection, reprocess, maxActive, backwards, advances, createdBy, createdAt };
  const clears = options.clears ? { clears: true as const } : {};
  return { backfill: { ...scope, ...terms, ...clears, id: newId(), slots }, left };
}

function idsOf(components: readonly Component[]): readonly string[] {
  return components.map(({ id }) => id);
}

/** Without a slot to fill there is nothing to record. */
export async function createBackfill(ready: ReadyDag, options: BackfillOptions, lent: Lent): Promise<PlannedBackfill> {
  const planned = await planBackfill(ready, options, lent);
  if (planned.backfill.slots.length > 0) await (await lent.state()).backfills.create(planned.backfill);
  return planned;
}

function slotsOf({ dag }: ReadyDag, { from, to }: BackfillOptions, now: Date): readonly Date[] {
  if (to < from) throw refused(`--from before --to, got ${showTime(from)} and ${showTime(to)}`);
  const schedule = dagScheduleOf(dag).own;
  if (!schedule)
    throw refused(`${dag.id} to have a schedule, got none`, 'A backfill makes one run for each slot of it.');
  const end = to < now ? to : now;
  const slots = slotsBetween(schedule, new Date(from.getTime() - 1), end, slotsMax + 1);
  if (slots.length > slotsMax) throw refused(`at most ${slotsMax} slots, got more`, 'Take a shorter span.');
  return slots;
}

function refused(expected: string, hint?: string): EngineError {
  return new EngineError(`expected ${expected}`, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
}
