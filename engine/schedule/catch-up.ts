import type { DurationMs } from '../model/duration.ts';
import type { CatchupPolicy, MissedReason } from '../model/slot.ts';
import type { Schedule } from './schedule.ts';
import { countSlots, newestSlot, nextSlot } from './slots.ts';

export interface CatchUp {
  readonly schedule: Schedule;
  /** Slots up to here have been planned before. */
  readonly watermark: Date;
  readonly now: Date;
  /** A slot not older than this runs as scheduled. */
  readonly toleranceMs: DurationMs;
  readonly catchup: CatchupPolicy;
  /** Under `all`: how old a slot may be. */
  readonly catchupWindowMs: DurationMs;
  /** Under `all`: how many slots are caught up at once; the newest ones are. */
  readonly cap: number;
}

/** What of it decides about a slot, whatever schedule that belongs to. */
type CatchUpRule = Omit<CatchUp, 'schedule'>;

/** What becomes of a slot, or of a row of old ones. */
export type PlannedSlot =
  | PlannedNamedSlot
  /** `count` slots, the first one `from` and the last one `to`: after a long time off they are too many to name. */
  | {
      readonly verdict: 'missed_range';
      readonly from: Date;
      readonly to: Date;
      readonly count: number;
      readonly reason: MissedReason;
    };

type PlannedNamedSlot =
  | { readonly verdict: 'scheduled' | 'catchup'; readonly slot: Date }
  | { readonly verdict: 'missed'; readonly slot: Date; readonly reason: MissedReason };

export interface SlotPlan {
  /** Oldest first. Each slot after the old watermark and up to now is in it once. */
  readonly slots: readonly PlannedSlot[];
  /** What the next plan begins from: now, or where it was if the clock was put back. */
  readonly watermark: Date;
}

/** How many slots, besides those that `cap` lets through, a plan names one by one. */
const namedSlots = 1_000;

/** Says what becomes of every slot after the watermark and up to now. The rule in words: `docs/schedules.md`. */
export function planSlots(input: CatchUp): SlotPlan {
  const { schedule, watermark, now, cap } = input;
  if (now <= watermark) return { slots: [], watermark };
  const named = newestFirst(schedule, watermark, now, cap);
  const oldest = named.at(-1);
  const older = oldest === undefined ? [] : olderRanges(input, oldest);
  return { slots: [...older, ...verdictsOf(input, named).toReversed()], watermark: now };
}

/** As many as a plan names. */
export function newestFirst(schedule: Schedule, watermark: Date, now: Date, cap: number): readonly Date[] {
  const slots: Date[] = [];
  const limit = cap + namedSlots;
  let slot = newestSlot(schedule, now);
  while (slot !== undefined && slot > watermark && slots.length < limit) {
    slots.push(slot);
    slot = newestSlot(schedule, new Date(slot.getTime() - 1));
  }
  return slots;
}

/** Of slots from the newest to the oldest. */
export function verdictsOf(input: CatchUpRule, slots: readonly Date[]): readonly PlannedNamedSlot[] {
  let room = input.cap;
  return slots.map((slot, index): PlannedNamedSlot => {
    const isTolerated = ageOf(input, slot) <= input.toleranceMs;
    const isWanted = input.catchup === 'all' ? ageOf(input, slot) <= reachOf(input) : index === 0;
    if (isWanted && isTolerated) return { verdict: 'scheduled', slot };
    if (isWanted && input.catchup === 'latest') return { verdict: 'catchup', slot };
    if (isWanted && input.catchup === 'all' && room > 0) {
      room -= 1;
      return { verdict: 'catchup', slot };
    }
    return { verdict: 'missed', slot, reason: whyMissed(input, slot) };
  });
}

function whyMissed(input: CatchUpRule, slot: Date): MissedReason {
  if (input.catchup === 'latest') return 'superseded';
  const age = ageOf(input, slot);
  if (input.catchup === 'none') return age <= input.toleranceMs ? 'superseded' : 'outside_tolerance';
  return age <= reachOf(input) ? 'cap' : 'window';
}

/** The slots before the oldest one that has a name: at most two ranges, cut where the reason changes. */
function olderRanges(input: CatchUp, oldestNamed: Date): readonly PlannedSlot[] {
  const end = oldestNamed.getTime() - 1;
  const span = input.catchup === 'all' ? reachOf(input) : input.toleranceMs;
  // A slot exactly as old as `span` is on the young side.
  const cut = Math.min(end, Math.max(input.watermark.getTime(), input.now.getTime() - span - 1));
  return [...olderRange(input, input.watermark, new Date(cut)), ...olderRange(input, new Date(cut), new Date(end))];
}

function olderRange(input: CatchUp, after: Date, upTo: Date): readonly PlannedSlot[] {
  const to = newestSlot(input.schedule, upTo);
  return to === undefined ? [] : missedRange(input.schedule, after, upTo, whyMissed(input, to));
}

/** The slots after `after` up to and including `upTo`, under one reason: none, one by its name, or a range. */
export function missedRange(schedule: Schedule, after: Date, upTo: Date, reason: MissedReason): readonly PlannedSlot[] {
  const count = countSlots(schedule, after, upTo);
  const from = nextSlot(schedule, after);
  const to = newestSlot(schedule, upTo);
  if (count === 0 || from === undefined || to === undefined) return [];
  if (count === 1) return [{ verdict: 'missed', slot: from, reason }];
  return [{ verdict: 'missed_range', from, to, count, reason }];
}

function ageOf({ now }: CatchUpRule, slot: Date): number {
  return now.getTime() - slot.getTime();
}

/** Up to which age a slot runs under `all`. */
function reachOf({ toleranceMs, catchupWindowMs }: CatchUpRule): DurationMs {
  return Math.max(toleranceMs, catchupWindowMs);
}
