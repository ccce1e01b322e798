import type { Dag } from '../model/component.ts';
import type { Scope } from '../model/ports.ts';
import type { SlotStore } from '../model/slot-store.ts';
import { dagScheduleOf } from '../schedule/dag-schedule.ts';
import { newestSlot, nextSlot } from '../schedule/slots.ts';

/** Whether nobody is to make up for a slot of a component. */
export type IsGivenUp = (slot: Date) => boolean;

/**
 * Under `catchup: none` a slot that was missed for being late stays so: the slots of components that it would have made went
 * by with it. What was asked in time and failed is another matter.
 */
export async function givenUpSlots(
  dag: Dag,
  asOf: Date,
  scope: Scope,
  slots: Pick<SlotStore, 'missed'>,
): Promise<IsGivenUp> {
  const { own, components } = dagScheduleOf(dag);
  if (!own) return () => false;
  const newest = [own, ...components.values()].flatMap((schedule) => newestSlot(schedule, asOf)?.getTime() ?? []);
  const missed = await slots.missed(scope, 'outside_tolerance', new Date(Math.min(...newest)));
  return (slot) => {
    const made = nextSlot(own, new Date(slot.getTime() - 1));
    return made !== undefined && missed.some(({ from, to }) => from <= made && made <= to);
  };
}
