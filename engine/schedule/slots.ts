import type { DurationMs } from '../model/duration.ts';
import { unreachable } from '../model/unreachable.ts';
import { countCronSlots, cronSlots, firstCronSlot, lastCronSlot } from './cron-slots.ts';
import type { Schedule } from './schedule.ts';

/** Slots: the instants of a schedule. The rule, in words and with examples, is `docs/schedules.md`. */

/** The first slot after an instant. */
export function nextSlot(schedule: Schedule, after: Date): Date | undefined {
  const from = after.getTime() + 1;
  switch (schedule.kind) {
    case 'cron':
      return asDate(firstCronSlot(schedule, from));
    case 'every':
      return new Date(Math.ceil(from / schedule.everyMs) * schedule.everyMs);
    case 'union':
      return inOrder(schedule.parts.map((part) => nextSlot(part, after)))[0];
    default:
      return unreachable(schedule);
  }
}

/** The newest slot that is not after an instant. */
export function newestSlot(schedule: Schedule, atOrBefore: Date): Date | undefined {
  switch (schedule.kind) {
    case 'cron':
      return asDate(lastCronSlot(schedule, atOrBefore.getTime()));
    case 'every':
      return new Date(Math.floor(atOrBefore.getTime() / schedule.everyMs) * schedule.everyMs);
    case 'union':
      return inOrder(schedule.parts.map((part) => newestSlot(part, atOrBefore))).at(-1);
    default:
      return unreachable(schedule);
  }
}

/** The slots after `after` up to and including `upTo`, in order; with a limit, only so many of the first ones. */
export function slotsBetween(
  schedule: Schedule,
  after: Date,
  upTo: Date,
  limit = Number.POSITIVE_INFINITY,
): readonly Date[] {
  const from = after.getTime() + 1;
  const before = upTo.getTime() + 1;
  switch (schedule.kind) {
    case 'cron':
      return cronSlots(schedule, from, before, limit).map((slot) => new Date(slot));
    case 'every':
      return multiples(schedule.everyMs, from, before, limit);
    case 'union':
      return inOrder(schedule.parts.flatMap((part) => slotsBetween(part, after, upTo, limit))).slice(0, limit);
    default:
      return unreachable(schedule);
  }
}

/** How many slots there are after `after` up to and including `upTo`; of a union each is looked at, else each day. */
export function countSlots(schedule: Schedule, after: Date, upTo: Date): number {
  const from = after.getTime() + 1;
  const before = upTo.getTime() + 1;
  if (from >= before) return 0;
  switch (schedule.kind) {
    case 'cron':
      return countCronSlots(schedule, from, before);
    case 'every':
      return Math.ceil(before / schedule.everyMs) - Math.ceil(from / schedule.everyMs);
    case 'union':
      return slotsBetween(schedule, after, upTo).length;
    default:
      return unreachable(schedule);
  }
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

function multiples(everyMs: DurationMs, from: number, before: number, limit: number): readonly Date[] {
  const slots: Date[] = [];
  let slot = Math.ceil(from / everyMs) * everyMs;
  for (; slot < before && slots.length < limit; slot += everyMs) slots.push(new Date(slot));
  return slots;
}

function asDate(instant: number | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}

/** Those that there are, rising, each once. */
function inOrder(slots: readonly (Date | undefined)[]): readonly Date[] {
  const instants = new Set(slots.flatMap((slot) => (slot === undefined ? [] : [slot.getTime()])));
  return [...instants].toSorted((left, right) => left - right).map((instant) => new Date(instant));
}
