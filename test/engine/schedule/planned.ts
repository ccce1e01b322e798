import { expect } from 'vitest';
import type { PlannedSlot } from '../../../engine/schedule/catch-up.ts';
import type { Schedule } from '../../../engine/schedule/schedule.ts';
import { slotsBetween } from '../../../engine/schedule/slots.ts';

/** `20T12:00 scheduled`, `20T11:00 superseded`, `01T00:00..19T23:00 480 window`. */
export function showPlanned(planned: PlannedSlot): string {
  const time = (date: Date) => date.toISOString().slice(8, 16);
  switch (planned.verdict) {
    case 'missed':
      return `${time(planned.slot)} ${planned.reason}`;
    case 'missed_range':
      return `${time(planned.from)}..${time(planned.to)} ${planned.count} ${planned.reason}`;
    default:
      return `${time(planned.slot)} ${planned.verdict}`;
  }
}

/** The slots that a plan speaks of here, with those of a range written out and counted. */
export function slotsOf(schedule: Schedule, planned: PlannedSlot): readonly Date[] {
  if (planned.verdict !== 'missed_range') return [planned.slot];
  const slots = slotsBetween(schedule, new Date(planned.from.getTime() - 1), planned.to);
  expect(slots).toHaveLength(planned.count);
  expect([slots[0], slots.at(-1)]).toEqual([planned.from, planned.to]);
  return slots;
}
