import type { MissedReason } from './slot.ts';
import type { Trigger } from './status.ts';
import type { RunSummary } from './summary.ts';

/** A slot, or a row of `count` slots up to `to`, that gets no run. */
export interface PassedSlot {
  /** Empty for a slot of the DAG itself. */
  readonly component: string;
  readonly slot: Date;
  readonly to?: Date;
  readonly count: number;
  readonly status: 'skipped' | 'missed';
  readonly reason: MissedReason | 'paused' | 'deadline' | 'removed';
}

/** A run that a tick made. */
export interface SlotRun {
  /** Absent: no slot was open, yet something was due. */
  readonly slot?: Date;
  readonly trigger: Trigger;
  readonly summary: RunSummary;
}

/** What a tick did for one DAG. */
export interface DagTick {
  readonly dag: string;
  readonly paused?: { readonly at: Date; readonly by: string };
  /** Slots count as planned up to here, because some clock was ahead: until then none is made. */
  readonly ahead?: Date;
  readonly runs: readonly SlotRun[];
  readonly passed: readonly PassedSlot[];
  /** Why the DAG could not be worked on any further; its open slots stay open. */
  readonly error?: unknown;
}
