import type { JsonObject } from '../../model/json.ts';
import type { NewSlot, RecordedSlots, ScheduleRecord } from '../../model/slot-store.ts';
import type { PassedSlot } from '../../model/tick.ts';
import { unreachable } from '../../model/unreachable.ts';
import { type CatchUp, type PlannedSlot, planSlots, type SlotPlan } from '../../schedule/catch-up.ts';
import { planChange } from '../../schedule/changed-schedule.ts';
import { showSchedule } from '../../schedule/dag-schedule.ts';
import { readSchedule } from '../../schedule/read-schedule.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import type { SlotSettings } from './slot-settings.ts';

/** What is to be recorded of a schedule: see `RecordedSlots`. */
export type PlannedSlots = Pick<RecordedSlots, 'watermark' | 'schedule' | 'others' | 'slots'>;

/** Gives every slot since the watermark its row: to be run, or the word on why not. */
export function plannedSlots(
  schedule: Schedule | undefined,
  record: ScheduleRecord,
  settings: SlotSettings,
  now: Date,
): PlannedSlots {
  const { watermark, schedule: before, paused } = record;
  const shown = showOwn(schedule);
  const isChanged = shown !== before;
  const terms = { ...settings, watermark, now };
  const plan = isChanged ? planChange(changeOf(schedule, record, terms)) : planOf(schedule, terms);
  const evidence = {
    schedule: shown,
    ...(isChanged && { before }),
    watermark: watermark.toISOString(),
    now: now.toISOString(),
    catchup: settings.catchup,
    toleranceMs: settings.toleranceMs,
  };
  return {
    watermark: plan.watermark,
    schedule: shown,
    others: isChanged ? othersAfter(record, shown, plan.watermark) : record.others,
    slots: plan.slots.map((slot) => toRow(slot, paused !== undefined, evidence)),
  };
}

/** As a record has it. */
export function showOwn(schedule: Schedule | undefined): string {
  return schedule ? showSchedule(schedule) : '';
}

type Terms = Omit<CatchUp, 'schedule'>;

function planOf(schedule: Schedule | undefined, terms: Terms): SlotPlan {
  return schedule ? planSlots({ ...terms, schedule }) : { slots: [], watermark: terms.watermark };
}

function changeOf(schedule: Schedule | undefined, { schedule: before, others }: ScheduleRecord, terms: Terms) {
  const seenUntil = others[showOwn(schedule)];
  return { ...terms, before: readSchedule(before), schedule, ...(seenUntil && { seenUntil: new Date(seenUntil) }) };
}

/** A schedule that has been away for longer is a new one. */
const awayMs = 24 * 3_600_000;

/** All slots of the one before have rows by now. */
function othersAfter({ schedule: before, others }: ScheduleRecord, shown: string, now: Date): ScheduleRecord['others'] {
  const all = Object.entries({ ...others, ...(before !== '' && { [before]: now.toISOString() }) });
  const isRecent = (until: string) => now.getTime() - Date.parse(until) <= awayMs;
  return Object.fromEntries(all.filter(([text, until]) => text !== shown && isRecent(until)));
}

function toRow(planned: PlannedSlot, isPaused: boolean, evidence: JsonObject): NewSlot {
  switch (planned.verdict) {
    case 'scheduled':
    case 'catchup': {
      const { slot, verdict: trigger } = planned;
      if (isPaused) return { slot, status: 'skipped', reason: 'paused', trigger, evidence };
      return { slot, status: 'due', trigger, evidence };
    }
    case 'missed': {
      const { slot, reason } = planned;
      return { slot, status: 'missed', reason, trigger: 'scheduled', evidence };
    }
    case 'missed_range': {
      const { from: slot, to, count, reason } = planned;
      return { slot, to, count, status: 'missed', reason, trigger: 'scheduled', evidence };
    }
    default:
      return unreachable(planned);
  }
}

/** Clocks of two hosts may differ by so much, and be put right by so much. */
const clocksDifferMs = 10 * 60_000;

/** The clock of some tick was ahead: nothing is planned before this one has caught up with it. */
export function isAhead(watermark: Date, now: Date): boolean {
  return watermark.getTime() - now.getTime() > clocksDifferMs;
}

/** Those that get no run, to be told. */
export function passedOf(slots: readonly NewSlot[]): readonly PassedSlot[] {
  return slots.flatMap(({ slot, to, count = 1, status, reason }) =>
    status === 'due'
      ? []
      : [{ component: '', slot, count, status, reason: reason as PassedSlot['reason'], ...(to && { to }) }],
  );
}
