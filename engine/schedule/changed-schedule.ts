import { type CatchUp, missedRange, newestFirst, type PlannedSlot, type SlotPlan, verdictsOf } from './catch-up.ts';
import { unionOf } from './dag-schedule.ts';
import type { Schedule } from './schedule.ts';
import { countSlots, newestSlot, slotsBetween } from './slots.ts';

/** A schedule that took the place of another one, or of none, at some time between the watermark and now. */
export interface ScheduleChange extends Omit<CatchUp, 'schedule'> {
  readonly before: Schedule | undefined;
  readonly schedule: Schedule | undefined;
  /** It was on record not long ago: up to here all of its slots have rows, and later ones only where they are others', too. */
  readonly seenUntil?: Date;
}

/**
 * Says what becomes of every slot of either schedule after the watermark and up to now. Those of both are planned as if
 * nothing had changed. Nobody knows which of the others were meant: none of them runs because somebody wrote a schedule,
 * and none goes by without a word.
 */
export function planChange(change: ScheduleChange): SlotPlan {
  const { watermark, now } = change;
  const slots: PlannedSlot[] = [...missedWhileAway(change)];
  if (now <= watermark) return { slots, watermark };
  let after = watermark;
  for (const planned of verdictsOf(change, commonSlots(change)).toReversed()) {
    slots.push(...missedBetween(change, after, new Date(planned.slot.getTime() - 1)), planned);
    after = planned.slot;
  }
  return { slots: [...slots, ...missedBetween(change, after, now)], watermark: now };
}

/** Newest first. Only so many as a plan names: older ones are counted with those that are missed. */
function commonSlots({ before, schedule, watermark, now, cap }: ScheduleChange): readonly Date[] {
  if (!before || !schedule) return [];
  const isSparser = countSlots(before, watermark, now) <= countSlots(schedule, watermark, now);
  const [sparser, denser] = isSparser ? [before, schedule] : [schedule, before];
  return newestFirst(sparser, watermark, now, cap).filter((slot) => isSlotOf(denser, slot));
}

function isSlotOf(schedule: Schedule, instant: Date): boolean {
  return newestSlot(schedule, instant)?.getTime() === instant.getTime();
}

/** Those of the schedule on record had their turn. Few: nobody is away for long, see `seenUntil`. */
function missedWhileAway({ before, schedule, seenUntil, watermark, now }: ScheduleChange): readonly PlannedSlot[] {
  if (!schedule || !seenUntil) return [];
  const upTo = watermark < now ? watermark : now;
  return slotsBetween(schedule, seenUntil, upTo).flatMap((slot) =>
    before && isSlotOf(before, slot) ? [] : [{ verdict: 'missed', slot, reason: 'schedule_changed' } as const],
  );
}

function missedBetween({ before, schedule }: ScheduleChange, after: Date, upTo: Date): readonly PlannedSlot[] {
  const either = unionOf([before, schedule]);
  return either ? missedRange(either, after, upTo, 'schedule_changed') : [];
}
