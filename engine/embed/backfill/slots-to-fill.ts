import type { Reprocess, SlotOfPast, SlotToFill } from '../../model/backfill.ts';
import type { Component } from '../../model/component.ts';
import type { RunSchedules } from '../../run/ports.ts';

interface Wish {
  readonly slots: readonly Date[];
  /** What is selected and enabled. */
  readonly components: readonly Component[];
  readonly reprocess: Reprocess;
  readonly past: readonly SlotOfPast[];
  readonly schedules: RunSchedules;
}

interface Filling {
  readonly slots: readonly SlotToFill[];
  /** Those that need no run. */
  readonly left: readonly Date[];
}

/**
 * Which slots get a run. Of one that has had a run already, at least those components are asked that it left out: they have
 * been added since, were disabled, or not selected.
 */
export function slotsToFill(wish: Wish): Filling {
  const past = new Map(wish.past.map((slot) => [slot.slot.getTime(), slot]));
  const slots: SlotToFill[] = [];
  const left: Date[] = [];
  for (const slot of wish.slots) {
    const before = past.get(slot.getTime());
    if (!before || isDoneAgain(before, wish.reprocess)) {
      slots.push({ slot });
      continue;
    }
    const components = leftOut(before, wish);
    if (components.length > 0) slots.push({ slot, components });
    else left.push(slot);
  }
  return { slots, left };
}

function isDoneAgain({ status }: SlotOfPast, reprocess: Reprocess): boolean {
  return reprocess === 'completed' || (reprocess === 'failed' && status !== 'success' && status !== 'running');
}

/** As far as they have a slot there. */
function leftOut({ slot, unasked }: SlotOfPast, { components, schedules }: Wish): readonly string[] {
  const question = { trigger: 'backfill', now: slot, asOf: slot, answeredUntil: undefined } as const;
  return components
    .filter((component) => unasked.includes(component.id) && schedules.dueOf(component, question).due)
    .map(({ id }) => id);
}
