import type { JsonObject } from '../../model/json.ts';
import type { NewSlot, ScheduleRecord } from '../../model/slot-store.ts';
import type { PassedSlot } from '../../model/tick.ts';
import { unreachable } from '../../model/unreachable.ts';
import { type PlannedSlot, planSlots } from '../../schedule/catch-up.ts';
import { showSchedule } from '../../schedule/dag-schedule.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import type { SlotSettings } from './slot-settings.ts';

export interface PlannedSlots {
  readonly watermark: Date;
  readonly slots: readonly NewSlot[];
}

/** Gives every slot since the watermark its row: to be run, or the word on why not. */
export function plannedSlots(
  schedule: Schedule,
  { watermark, paused }: ScheduleRecord,
  settings: SlotSettings,
  now: Date,
): PlannedSlots {
  const plan = planSlots({ ...settings, schedule, watermark, now });
  const evidence = {
    schedule: showSchedule(schedule),
    watermark: watermark.toISOString(),
    now: now.toISOString(),
    catchup: settings.catchup,
    toleranceMs: settings.toleranceMs,
  };
  return { watermark: plan.watermark, slots: plan.slots.map((slot) => toRow(slot, paused !== undefined, evidence)) };
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
