import type { JsonObject } from './json.ts';
import type { Scope } from './ports.ts';
import type { RunStatus } from './status.ts';

/** Airflow's words for which slots get a run again: those without one, also those whose newest run failed, or all. */
export const reprocessKinds = ['none', 'failed', 'completed'] as const;
export type Reprocess = (typeof reprocessKinds)[number];

export const backfillStatuses = ['running', 'completed', 'cancelled'] as const;
export type BackfillStatus = (typeof backfillStatuses)[number];

/** One run for each slot of a span of the past. */
export interface NewBackfill extends Scope {
  readonly id: string;
  readonly from: Date;
  readonly to: Date;
  /** Which components, as it was asked for; empty: all. */
  readonly selection: JsonObject;
  readonly reprocess: Reprocess;
  /** Runs of it at a time, by whichever processes. */
  readonly maxActive: number;
  /** The newest slot first. */
  readonly backwards: boolean;
  /** Whether later runs go on from what it leaves: last success, evidence, newest versions. */
  readonly advances: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly slots: readonly SlotToFill[];
  /** Leaves an audit row. */
  readonly clears?: true;
}

export interface SlotToFill {
  readonly slot: Date;
  /** Only these, where the others have been asked in a run for this slot before; absent: all of the selection. */
  readonly components?: readonly string[];
}

export interface Backfill extends Omit<NewBackfill, 'slots' | 'clears'> {
  readonly status: BackfillStatus;
  readonly finishedAt: Date | null;
  /** Slots by what became of their run; `due` are those that wait for one. */
  readonly counts: Readonly<Partial<Record<RunStatus | 'due', number>>>;
}

export interface BackfillSlot extends SlotToFill {
  readonly runId: string | null;
  readonly status: RunStatus | 'due';
}

/** The next slot to make a run for, or why there is none. */
export type NextBackfillSlot =
  | ({ readonly kind: 'slot' } & SlotToFill)
  /** As many runs as it may have are at work, in this process or in others, or one for what is due now. */
  | { readonly kind: 'full' }
  | { readonly kind: 'done' };

/** What has become of a slot. */
export interface SlotOfPast {
  readonly slot: Date;
  /** Of the newest run for it. */
  readonly status: RunStatus;
  /** Of the components that were asked about: those that no run for the slot has asked. */
  readonly unasked: readonly string[];
}

/** Backfills. That a slot got its run is recorded with the run (`RunStore.createRun`). */
export interface BackfillStore {
  create(backfill: NewBackfill): Promise<void>;
  /** The slots of a DAG in a span that had a run, oldest first. */
  past(
    scope: Scope,
    span: { readonly from: Date; readonly to: Date },
    components: readonly string[],
  ): Promise<readonly SlotOfPast[]>;
  /** A slot whose run was given up, or whose process is gone, waits again. */
  next(id: string): Promise<NextBackfillSlot>;
  /** When no slot waits and no run is at work; false when it was not running any more, or is not done. */
  complete(id: string, at: Date): Promise<boolean>;
  /** Runs that are at work end by themselves. False when it was not running. */
  cancel(id: string, at: Date): Promise<boolean>;
  /** Newest first. */
  list(filter: {
    readonly environment: string;
    readonly dag?: string;
    readonly running?: boolean;
  }): Promise<readonly Backfill[]>;
  slots(id: string): Promise<readonly BackfillSlot[]>;
}
