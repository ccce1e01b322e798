import type { MissedReason } from '../../model/slot.ts';
import type { OpenSlot } from '../../model/slot-store.ts';
import type { Trigger } from '../../model/status.ts';
import type { SlotSettings } from './slot-settings.ts';

/** A run to be made: for a slot of the DAG, or for all components whose slot was reopened at one instant. */
export interface SlotOrder {
  readonly slot: Date;
  readonly trigger: Trigger;
  readonly advances: boolean;
  /** As `NewRun.takes` wants them. */
  readonly takes: readonly string[];
}

/** Slots that will get no run, by the word that says why. */
export interface ClosedOrder {
  readonly reason: MissedReason | 'deadline' | 'removed';
  readonly slots: readonly OpenSlot[];
}

export interface OpenWork {
  readonly next: SlotOrder | undefined;
  readonly closed: readonly ClosedOrder[];
}

/**
 * What to do about the open slots of a DAG, oldest first. Most of them were recorded a moment ago; those that a tick left
 * when it was killed are judged like late ones: where one run answers for all slots up to its own, the newest does.
 * `components` are those that the DAG has now: one that was taken out of it since cannot be asked any more.
 */
export function openWork(
  open: readonly OpenSlot[],
  components: ReadonlySet<string>,
  settings: SlotSettings,
  now: Date,
): OpenWork {
  const own = open.filter(({ component }) => component === '');
  const reopened = open.filter(({ component }) => components.has(component));
  const removed = open.filter(({ component }) => component !== '' && !components.has(component));
  const judged = own.map((slot, index) => ({
    slot,
    reason: lateReason(slot, index === own.length - 1, settings, now),
  }));
  const overdue = reopened.filter(({ deadline }) => deadline !== undefined && deadline <= now);
  const ripe = reopened.filter((slot) => !overdue.includes(slot) && (slot.notBefore ?? now) <= now);
  const superseded = ripe.filter((slot) => ripe.some((other) => isNewer(other, slot)));
  const orders = [
    ...judged.flatMap(({ slot: { slot, trigger, advances }, reason }) =>
      reason ? [] : [{ slot, trigger, advances, takes: [''] }],
    ),
    ...grouped(ripe.filter((slot) => !superseded.includes(slot))),
  ];
  const closed: readonly ClosedOrder[] = [
    ...judged.flatMap(({ slot, reason }) => (reason ? [{ reason, slots: [slot] }] : [])),
    { reason: 'removed', slots: removed },
    { reason: 'deadline', slots: overdue },
    { reason: 'superseded', slots: superseded },
  ];
  return {
    next: orders.toSorted((left, right) => left.slot.getTime() - right.slot.getTime())[0],
    closed: closed.filter(({ slots }) => slots.length > 0),
  };
}

function lateReason(
  { slot }: OpenSlot,
  isNewest: boolean,
  { catchup, toleranceMs, catchupWindowMs }: SlotSettings,
  now: Date,
): MissedReason | undefined {
  const ageMs = now.getTime() - slot.getTime();
  if (catchup === 'all') return ageMs > Math.max(toleranceMs, catchupWindowMs) ? 'window' : undefined;
  if (!isNewest) return 'superseded';
  return catchup === 'none' && ageMs > toleranceMs ? 'outside_tolerance' : undefined;
}

function isNewer(other: OpenSlot, { component, slot, trigger }: OpenSlot): boolean {
  return other.component === component && other.slot > slot && other.trigger === trigger && trigger !== 'backfill';
}

function grouped(slots: readonly OpenSlot[]): readonly SlotOrder[] {
  const orders = new Map<string, SlotOrder>();
  for (const { slot, trigger, advances, component } of slots) {
    const key = `${slot.toISOString()} ${trigger} ${advances}`;
    orders.set(key, { slot, trigger, advances, takes: [...(orders.get(key)?.takes ?? []), component] });
  }
  return [...orders.values()];
}
