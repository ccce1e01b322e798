import type { CronSchedule, Schedule } from './schedule.ts';
import { countWallTimes, firstWallTime, lastWallTime } from './wall-times.ts';
import { segmentAt, type ZoneSegment } from './zone-segments.ts';

/**
 * Slots: the instants of a schedule. The rule, in words and with examples, is `docs/schedules.md`. What it comes to:
 * a pattern that repeats has a slot whenever the clock shows one of its times; one that does not has, for each of its
 * times, a slot at the first instant at which the clock shows that time or a later one.
 */

/** Far enough for any pattern: 29 February is eight years away around 2100, and may fall into a gap there. */
const horizonMs = 13 * 366 * 86_400_000;

/** The first slot after an instant. */
export function nextSlot(schedule: Schedule, after: Date): Date | undefined {
  return asDate(firstInstant(schedule, after.getTime() + 1));
}

/** The newest slot that is not after an instant. */
export function newestSlot(schedule: Schedule, atOrBefore: Date): Date | undefined {
  return asDate(lastInstant(schedule, atOrBefore.getTime()));
}

/** The slots after `after` up to and including `upTo`, in order; with a limit, only so many of the first ones. */
export function slotsBetween(
  schedule: Schedule,
  after: Date,
  upTo: Date,
  limit = Number.POSITIVE_INFINITY,
): readonly Date[] {
  const slots: Date[] = [];
  let slot = firstInstant(schedule, after.getTime() + 1);
  while (slot !== undefined && slot <= upTo.getTime() && slots.length < limit) {
    slots.push(new Date(slot));
    slot = firstInstant(schedule, slot + 1);
  }
  return slots;
}

/** How many slots there are after `after` up to and including `upTo`, at the cost of a step for each day; for a union, for each slot. */
export function countSlots(schedule: Schedule, after: Date, upTo: Date): number {
  const from = after.getTime() + 1;
  const before = upTo.getTime() + 1;
  if (from >= before) return 0;
  if (schedule.kind === 'union') return slotsBetween(schedule, after, upTo).length;
  if (schedule.kind === 'every') {
    return Math.ceil(before / schedule.everyMs) - Math.ceil(from / schedule.everyMs);
  }
  let count = 0;
  for (let at = from; at < before; ) {
    const segment = segmentAt(schedule.timeZone, at);
    count += countIn(schedule, segment, at, before);
    at = segment.end;
  }
  return count;
}

/**
 * The data interval that a slot closes: from the slot before it (in it) to the slot (not in it). A run for the slot of
 * midnight works on the day that ended then, as in Airflow; but there the logical date is the start of the interval, here
 * the slot is its end.
 */
export function intervalOf(schedule: Schedule, slot: Date): { readonly start: Date; readonly end: Date } {
  const start = newestSlot(schedule, new Date(slot.getTime() - 1));
  if (start === undefined) throw new Error(`Internal error: no slot before ${slot.toISOString()}`);
  return { start, end: slot };
}

function asDate(instant: number | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}

function firstInstant(schedule: Schedule, from: number): number | undefined {
  if (schedule.kind === 'union')
    return lowest(
      schedule.parts.map((part) => firstInstant(part, from)),
      1,
    );
  if (schedule.kind === 'every') return Math.ceil(from / schedule.everyMs) * schedule.everyMs;
  for (let at = from; at < from + horizonMs; ) {
    const segment = segmentAt(schedule.timeZone, at);
    const slot = firstIn(schedule, segment, at);
    if (slot !== undefined) return slot;
    at = segment.end;
  }
  return undefined;
}

function lastInstant(schedule: Schedule, upTo: number): number | undefined {
  if (schedule.kind === 'union')
    return lowest(
      schedule.parts.map((part) => lastInstant(part, upTo)),
      -1,
    );
  if (schedule.kind === 'every') return Math.floor(upTo / schedule.everyMs) * schedule.everyMs;
  for (let at = upTo; at > upTo - horizonMs; ) {
    const segment = segmentAt(schedule.timeZone, at);
    const slot = lastIn(schedule, segment, at);
    if (slot !== undefined) return slot;
    at = segment.start - 1;
  }
  return undefined;
}

/** The lowest one, or with `sign` -1 the highest one, of those that there are. */
function lowest(instants: readonly (number | undefined)[], sign: 1 | -1): number | undefined {
  const found = instants.filter((instant) => instant !== undefined);
  return found.length === 0 ? undefined : sign * Math.min(...found.map((instant) => sign * instant));
}

function firstIn(schedule: CronSchedule, segment: ZoneSegment, from: number): number | undefined {
  if (from === segment.start && answersForGap(schedule, segment)) return segment.start;
  const wall = firstWallTime(schedule.fields, wallStart(schedule, segment, from), segment.end + segment.offsetMs);
  return wall === undefined ? undefined : wall - segment.offsetMs;
}

function lastIn(schedule: CronSchedule, segment: ZoneSegment, upTo: number): number | undefined {
  const start = wallStart(schedule, segment, segment.start);
  const wall = lastWallTime(schedule.fields, start, upTo + 1 + segment.offsetMs);
  if (wall !== undefined) return wall - segment.offsetMs;
  return answersForGap(schedule, segment) ? segment.start : undefined;
}

function countIn(schedule: CronSchedule, segment: ZoneSegment, from: number, before: number): number {
  const start = wallStart(schedule, segment, from);
  const end = Math.min(before, segment.end) + segment.offsetMs;
  const shown = countWallTimes(schedule.fields, start, end);
  const isExtra =
    from === segment.start &&
    answersForGap(schedule, segment) &&
    firstWallTime(schedule.fields, start, start + 1) === undefined;
  return isExtra ? shown + 1 : shown;
}

/** From where on wall times of the segment count: those of a second pass do so only for a pattern that repeats. */
function wallStart({ repeats }: CronSchedule, segment: ZoneSegment, from: number): number {
  const wall = from + segment.offsetMs;
  return repeats ? wall : Math.max(wall, segment.reached);
}

/** Whether times that the clocks left out are made up for at the first instant after them. */
function answersForGap({ repeats, fields }: CronSchedule, segment: ZoneSegment): boolean {
  const shown = segment.start + segment.offsetMs;
  return !repeats && segment.reached < shown && firstWallTime(fields, segment.reached, shown) !== undefined;
}
