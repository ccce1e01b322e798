import type { JsonObject } from './json.ts';
import type { Scope } from './ports.ts';
import type { MissedReason } from './slot.ts';
import type { Trigger } from './status.ts';

/** The schedule of a DAG in an environment, as far as it is on record. */
export interface ScheduleRecord extends Scope {
  /** Slots up to here have rows, or lie before the schedule was first seen. Beyond now only where a clock was ahead. */
  readonly watermark: Date;
  /** The schedule that they were computed by, as `showSchedule` shows it; empty: none. */
  readonly schedule: string;
  /** Schedules that were on record not long ago → the instant (ISO 8601) up to which their slots have rows. */
  readonly others: Readonly<Record<string, string>>;
  readonly paused?: { readonly at: Date; readonly by: string };
}

/** A slot of a DAG, to be recorded: to get a run, or the word on why it gets none. */
export interface NewSlot {
  readonly slot: Date;
  /** The last one of `count` missed slots that one row stands for. */
  readonly to?: Date;
  readonly count?: number;
  readonly status: 'due' | 'skipped' | 'missed';
  readonly trigger: Trigger;
  readonly reason?: string;
  readonly evidence: JsonObject;
}

export interface RecordedSlots extends Scope {
  /** What the slots were computed from. If it has moved meanwhile, nothing is recorded. */
  readonly from: Pick<ScheduleRecord, 'watermark' | 'schedule'>;
  readonly watermark: Date;
  readonly schedule: string;
  readonly others: ScheduleRecord['others'];
  readonly slots: readonly NewSlot[];
}

/** A slot that waits for its run. */
export interface OpenSlot extends Scope {
  /** Empty for a slot of the DAG itself; else the component whose slot was reopened. */
  readonly component: string;
  readonly slot: Date;
  readonly trigger: Trigger;
  /** Whether later runs go on from what its run leaves: one that was reopened in a backfill as that one has it. */
  readonly advances: boolean;
  readonly reason?: string;
  readonly notBefore?: Date;
  readonly deadline?: Date;
}

/** Says of open slots that they will get no run. */
export interface ClosedSlots {
  readonly slots: readonly Pick<OpenSlot, 'environment' | 'dag' | 'component' | 'slot'>[];
  readonly status: 'skipped' | 'missed';
  readonly reason: string;
  readonly evidence: JsonObject;
}

/** The runs of a DAG that answered for a slot or later ones. */
export interface Answers {
  /** The first of them. */
  readonly begunAt: Date;
  /** The last of them; of a lost one, when it began. */
  readonly endedAt: Date;
  /** The last one goes on, and its owner lives. */
  readonly isAtWork: boolean;
}

/** The last tick of an environment, also one that is still at work. */
export interface TickRecord {
  readonly environment: string;
  readonly host: string;
  readonly startedAt: Date;
  readonly finishedAt?: Date;
  /** False when a run failed, a DAG did not load, or anything else went wrong. */
  readonly isWell?: boolean;
}

/** Schedules and slots. That a slot got its run is recorded with the run (`RunStore.createRun`). */
export interface SlotStore {
  /** At first sight, and while there is no schedule, the watermark becomes `now`. A schedule that is on record stays. */
  observe(scope: Scope, schedule: string, now: Date): Promise<ScheduleRecord>;
  /** One compare-and-set; false when another tick was first. A slot that has a row keeps it. */
  record(slots: RecordedSlots): Promise<boolean>;
  /**
   * Oldest first; those of the DAG itself before those of its components. None whose turn has not come: while the run of an
   * earlier slot goes on, whoever makes it looks again when it has ended. None while the DAG is paused.
   */
  open(scope: Scope): Promise<readonly OpenSlot[]>;
  /** Those that were still open; the others keep what they have. */
  close(slots: ClosedSlots): Promise<readonly OpenSlot[]>;
  /** Slots of the DAG itself that were missed for this reason, with those of ranges, as far as they reach beyond an instant. */
  missed(
    scope: Scope,
    reason: MissedReason,
    since: Date,
  ): Promise<readonly { readonly from: Date; readonly to: Date }[]>;
  /** Undefined when there was no such run. */
  answersSince(scope: Scope, slot: Date): Promise<Answers | undefined>;
  schedules(environment: string): Promise<readonly ScheduleRecord[]>;
  /** False when it was paused already. */
  pause(scope: Scope, by: string, at: Date): Promise<boolean>;
  /** Brings back to `now` a watermark that lies beyond. False when it was not paused. */
  unpause(scope: Scope, now: Date): Promise<boolean>;
  /** Also ends the runs of the environment whose process is gone. */
  beginTick(tick: Pick<TickRecord, 'environment' | 'host' | 'startedAt'> & { readonly owner: string }): Promise<void>;
  endTick(end: {
    readonly environment: string;
    readonly owner: string;
    readonly finishedAt: Date;
    readonly isWell: boolean;
  }): Promise<void>;
  lastTick(environment: string): Promise<TickRecord | undefined>;
}
