/** What becomes of slots older than the tolerance: `docs/schedules.md`. */
export const catchupPolicies = ['none', 'latest', 'all'] as const;
export type CatchupPolicy = (typeof catchupPolicies)[number];

/** Why a slot never got a run. */
export const missedReasons = ['outside_tolerance', 'superseded', 'window', 'cap', 'schedule_changed'] as const;
export type MissedReason = (typeof missedReasons)[number];

/** `due` is the only open one: it waits for a tick to make its run, or to say why there will be none. */
export const slotStatuses = ['due', 'created', 'skipped', 'missed'] as const;
export type SlotStatus = (typeof slotStatuses)[number];
