import type { SimulationInput } from '../model/simulation.ts';
import { dagScheduleOf, showSchedule } from '../schedule/dag-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { countSlots } from '../schedule/slots.ts';
import { segmentAt } from '../schedule/zone-segments.ts';
import type { Findings } from './findings.ts';

const dayMs = 86_400_000;

/** Says of each change of the clocks what it does to the slots of the day around it. */
export function findClockChanges({ dag, from, to }: SimulationInput, findings: Findings): void {
  const { own, components } = dagScheduleOf(dag);
  const schedules = new Map<string, Schedule>();
  for (const schedule of [own, ...components.values()]) if (schedule) schedules.set(showSchedule(schedule), schedule);
  for (let at = segmentAt(dag.timezone, from.getTime()); at.end <= to.getTime(); at = segmentAt(dag.timezone, at.end)) {
    const next = segmentAt(dag.timezone, at.end);
    const moved = (next.offsetMs - at.offsetMs) / 60_000;
    // Segments are also cut where a year ends.
    if (moved === 0) continue;
    const change = new Date(at.end);
    for (const [name, schedule] of schedules) {
      const message = describe(schedule, change, moved);
      if (message !== undefined) findings.add('clock_change', name, change, message);
    }
  }
}

/** Undefined where no slot is near. */
function describe(schedule: Schedule, change: Date, movedMinutes: number): string | undefined {
  const noon = change.getTime() + dayMs / 2;
  const slots = countSlots(schedule, new Date(noon - dayMs), new Date(noon));
  const usual = countSlots(schedule, new Date(noon - 2 * dayMs), new Date(noon - dayMs));
  if (slots === 0) return undefined;
  const direction = movedMinutes > 0 ? 'forward' : 'back';
  return `clocks go ${direction} by ${Math.abs(movedMinutes)} minutes: ${slots} ${slots === 1 ? 'slot' : 'slots'} in the 24 hours around it, ${usual} in those before`;
}
