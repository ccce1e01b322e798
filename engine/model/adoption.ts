import type { Decision } from './decision.ts';
import type { JsonObject } from './json.ts';
import type { EndOfOwner, Owner, Reopening, Scope } from './ports.ts';
import type { AttemptStatus, Trigger } from './status.ts';
import type { ComponentEnd } from './summary.ts';

/** A run that has not ended, and whose engine is gone. */
export interface DeadRun extends Scope {
  readonly id: string;
  readonly dagVersion: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  /** What was asked for, as it was asked. */
  readonly selection: JsonObject;
  readonly slot: Date | null;
  readonly asOf: Date;
  readonly answersSlots: boolean;
  readonly advances: boolean;
  readonly retryOf: string | null;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly engine: Owner;
  readonly endedBy: EndOfOwner;
}

/** A component of an adopted run, as it is on record. */
export interface AdoptedComponent {
  readonly id: string;
  readonly component: string;
  /** Absent where it has not ended. What it publishes to its downstreams is there only for a success. */
  readonly end?: ComponentEnd;
  /** How its attempts ended, the first one first. */
  readonly attempts: readonly AttemptStatus[];
  /** Why its first attempt was made. */
  readonly decision?: Decision;
  /** Of one that was deferred. */
  readonly reopening?: Reopening;
}

/** What engines that died have left. */
export interface AdoptionStore {
  /** Of the environment, or of one DAG in it; the oldest first. */
  deadRuns(environment: string, dag?: string): Promise<readonly DeadRun[]>;
  /**
   * Makes the run the owner's, under new fences: whatever the dead engine may still send changes nothing. What was at work is
   * `up_for_retry` with its attempt `lost`. Undefined when somebody else was first. `stop` is that of `createRun`.
   */
  adopt(run: DeadRun, owner: string, stop: AbortSignal): Promise<readonly AdoptedComponent[] | undefined>;
  /** Ends a run that nobody can go on with, with all that is open of it; `because` says why in words. */
  endLost(run: DeadRun, because: string): Promise<void>;
}
