import type { CronSchedule } from './schedule.ts';
import { countWallTimes, firstWallTime, lastWallTime } from './wall-times.ts';
import { segmentAt, type ZoneSegment } from './zone-segments.ts';

/**
 * Slots of a cron pattern in a time zone, as milliseconds since 1970. A pattern that repeats has a slot whenever the clock
 * shows one of its times; one that does not has, for each of its times, a slot at the first instant at which the clock
 * shows that time or a later one.
 */

/** Far enough for any pattern: 29 February is eight years away around 2100, and may fall into a gap there. */
const horizonMs = 13 * 366 * 86_400_000;

/** The first slot that is not before `from`. */
export function firstCronSlot(schedule: CronSchedule, from: number): number | undefined {
  return cronSlots(schedule, from, from + horizonMs, 1)[0];
}

/** The slots from `from` on and before `before`, the first `limit` of them. */
export function cronSlots(schedule: CronSchedule, from: number, before: number, limit: number): readonly number[] {
  const slots: number[] = [];
  for (let at = from; at < before && slots.length < limit; ) {
    const segment = segmentAt(schedule.timeZone, at);
    let slot = firstIn(schedule, segment, at);
    while (slot !== undefined && slot < before && slots.length < limit) {
      slots.push(slot);
      slot = firstIn(schedule, segment, slot + 1);
    }
    at = segment.end;
  }
  return slots;
}

/** The last slot that is not after `upTo`. */
export function lastCronSlot(schedule: CronSchedule, upTo: number): number | undefined {
  for (let at = upTo; at > upTo - horizonMs; ) {
    const segment = segmentAt(schedule.timeZone, at);
    const slot = lastIn(schedule, segment, at);
    if (slot !== undefined) return slot;
    at = segment.start - 1;
  }
  return undefined;
}

/** How many slots there are from `from` on and before `before`, at the cost of a step for each day. */
export function countCronSlots(schedule: CronSchedule, from: number, before: number): number {
  let count = 0;
  for (let at = from; at < before; ) {
    const segment = segmentAt(schedule.timeZone, at);
    count += countIn(schedule, segment, at, before);
    at = segment.end;
  }
  return count;
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
