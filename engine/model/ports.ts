import type { DatasetVersion } from './dataset.ts';
import type { Decision } from './decision.ts';
import type { SourceEvidence } from './evidence.ts';
import type { Failure } from './failure.ts';
import type { Json, JsonObject } from './json.ts';
import type { AttemptMetrics, QuarantineSummary, Warning } from './outcome.ts';
import type { AttemptEndStatus, EndStatus, RunEndStatus, Trigger } from './status.ts';
import type { Published } from './summary.ts';
import type { TrustBySource } from './trust.ts';

/** Schedules use the wall clock, durations the monotonic one; leases use the database's and never appear here. */
export interface Clock {
  now(): Date;
  /** Milliseconds since some fixed point; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when whatever else is ready to go on in this process has gone on. */
  turn(): Promise<void>;
}

/** UUID version 7 (RFC 9562): sorts by time of making. */
export type NewId = () => string;

/** One process that writes. */
export interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/** Every key that holds state starts with these. */
export interface Scope {
  readonly environment: string;
  readonly dag: string;
}

export interface NewRun extends Scope {
  readonly id: string;
  readonly dagVersion: string;
  /** What `list` and `show` would print of the DAG at this version. */
  readonly definition: JsonObject;
  readonly trigger: Trigger;
  readonly forced: boolean;
  /** The instant of the schedule that it is made for; absent for a manual one. */
  readonly slot?: Date;
  /** The instant for which it answers. */
  readonly asOf: Date;
  readonly answersSlots: boolean;
  /** False, as for a backfill: what it makes is neither evidence nor last success for any later run. */
  readonly advances: boolean;
  /**
   * Open slots at `slot` that this run takes: of these components, the empty name standing for the DAG itself. All of them
   * are taken in the transaction that makes the run, or there is no run.
   */
  readonly takes?: readonly string[];
  /** The backfill whose slot, the run's own, is taken in that same transaction. */
  readonly backfill?: string;
  /** The run whose open ends it tries again. */
  readonly retryOf?: string;
  readonly owner: string;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly selection: JsonObject;
  readonly components: readonly { readonly id: string; readonly component: string }[];
}

export interface RunEnd {
  readonly id: string;
  readonly owner: string;
  readonly status: RunEndStatus;
  readonly reason?: string;
  readonly finishedAt: Date;
  /** What the run wanted to record of its components and came too late for, because others had taken them over. */
  readonly refused?: number;
}

export interface AbandonedRun {
  readonly id: string;
  readonly owner: string;
  readonly failure: Failure;
}

export interface ClaimRequest extends Scope {
  readonly owner: string;
  readonly wanted: readonly { readonly component: string; readonly componentRunId: string }[];
  /** True: all of them or none. False: those that are free. */
  readonly allOrNone: boolean;
}

export interface ClaimAnswer {
  /** Component → fence. */
  readonly fences: ReadonlyMap<string, number>;
  /** Component → the run that holds it. */
  readonly heldBy: ReadonlyMap<string, string>;
  /** The run that asks is not its owner's any more: others have ended it, or go on with it. Nothing was claimed. */
  readonly isTakenOver?: boolean;
  /** Owners that were found dead on the way. */
  readonly buried?: readonly DeadOwner[];
}

export interface AttemptStart {
  readonly componentRunId: string;
  readonly fence: number;
  readonly attemptId: string;
  readonly number: number;
  readonly owner: string;
  readonly pid?: number;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly degraded: boolean;
  /** With the first attempt only. */
  readonly decision?: Decision;
}

/** A component slot that is open again, at the as_of of its run, in the transaction that ends the component run. */
export interface Reopening {
  readonly notBefore: Date;
  /** After that it is `missed`. A slot that is reopened again keeps its first one. */
  readonly deadline: Date;
}

/** What a success leaves behind, all of it in the one transaction that records it. */
export interface SuccessRecord {
  readonly output: Json;
  readonly outputDigest: string;
  readonly fingerprint: string;
  /** Upstream component → the output digest it was built from. */
  readonly upstreamDigests: Readonly<Record<string, string>>;
  readonly evidence: readonly SourceEvidence[];
  /** Moves with the evidence. */
  readonly trust: TrustBySource;
  readonly datasets: readonly DatasetVersion[];
  readonly rows: number;
  readonly bytes: number;
}

export interface AttemptFinish {
  readonly componentRunId: string;
  readonly attemptId: string;
  readonly fence: number;
  readonly attemptStatus: AttemptEndStatus;
  readonly componentStatus: 'up_for_retry' | EndStatus;
  readonly reason: string;
  readonly finishedAt: Date;
  readonly failure?: Failure;
  readonly metrics: AttemptMetrics;
  readonly warnings: readonly Warning[];
  readonly quarantine?: QuarantineSummary;
  readonly success?: SuccessRecord;
  readonly reopen?: Reopening;
}

/** The end of a component run for which no attempt is live: unchanged, skipped, blocked, cancelled, refused. */
export interface ComponentRunEnd {
  readonly componentRunId: string;
  /** Of its run. */
  readonly owner: string;
  /** Absent where nothing was claimed for it: then the run must still be its owner's. */
  readonly fence?: number;
  readonly status: EndStatus;
  readonly reason: string;
  readonly finishedAt: Date;
  readonly degraded: boolean;
  readonly decision?: Decision;
  readonly failure?: Failure;
  /** For `unchanged`: fresh validators of content that was read and is equal to the last success's. */
  readonly evidence?: readonly SourceEvidence[];
  /** Together with `evidence`. */
  readonly trust?: TrustBySource;
  readonly reopen?: Reopening;
}

/**
 * The named transitions. Each resolves when the row is durable: true, or false when the compare-and-set found no row
 * to move (the race is lost: read again and adopt). Claims are released by the transition that ends a component run.
 */
export interface RunStore {
  /**
   * False when a slot that it takes was not open. Until `stop` aborts or the run is finished, whatever this process records
   * waits for a database that is away; without one it waits for a limit.
   */
  createRun(run: NewRun, stop?: AbortSignal): Promise<boolean>;
  /** False when the run had ended, or others had taken it over: then that is counted with `refused`. */
  finishRun(end: RunEnd): Promise<boolean>;
  /** Ends a run that its own engine gives up, with all that is still open of it: nobody else would end these rows. */
  abandonRun(run: AbandonedRun): Promise<void>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  startAttempt(start: AttemptStart): Promise<boolean>;
  finishAttempt(finish: AttemptFinish): Promise<boolean>;
  endComponentRun(end: ComponentRunEnd): Promise<boolean>;
}

/** What the newest success of a component in an environment left, for deciding and for the inputs of its downstreams. */
export interface LastSuccess {
  readonly component: string;
  readonly componentRunId: string;
  readonly finishedAt: Date;
  readonly output: Json;
  readonly outputDigest: string;
  readonly fingerprint: string;
  readonly upstreamDigests: Readonly<Record<string, string>>;
  /** As of the newest success or `unchanged`. */
  readonly evidence: readonly SourceEvidence[];
  readonly trust: TrustBySource;
  /** `unchanged` ends so far: of a component with sources each of them rests on a probe. */
  readonly skips: number;
  readonly datasets: readonly DatasetVersion[];
  /** Newest as_of of a success or `unchanged`: slots up to here are answered. */
  readonly answeredUntil: Date;
}

/** What was left by runs before: deciding reads it, and so does the sweep after a crash. */
export interface MemoryStore {
  /** By component id; components that never succeeded are absent. `components` undefined: all of the DAG. */
  lastSuccesses(scope: Scope, components?: readonly string[]): Promise<ReadonlyMap<string, LastSuccess>>;
  /**
   * Of each component what it made in the runs for a slot from `from` up to `upTo`: that of the newest slot, and for one slot
   * that of the newest run. Components without such a success are absent.
   */
  slotOutputs(
    scope: Scope,
    wanted: readonly { readonly component: string; readonly from: Date }[],
    upTo: Date,
  ): Promise<ReadonlyMap<string, Published>>;
  /** Median wall time of the last successes, by component id, for the critical path. */
  typicalDurationsMs(scope: Scope): Promise<ReadonlyMap<string, number>>;
  /** Of these paths, relative to the storage root, those that are in the environment's manifest. */
  publishedPaths(environment: string, paths: readonly string[]): Promise<ReadonlySet<string>>;
}

/** One row per engine process. Its lease, by the database's clock, says whether its claims still stand. */
export interface OwnerStore {
  register(id?: string): Promise<Owner>;
  /** Renews its lease until the function that it returns is called, whatever this process is busy with. */
  keep(owner: Owner): () => Promise<void>;
  retire(owner: Owner): Promise<void>;
  /** Declares those dead whose process is proven to be gone, or whose lease is over; what they had at work is `lost`. */
  endDead(): Promise<readonly DeadOwner[]>;
}

/** It said so itself; the kernel of its host says that its process is gone; or it has not renewed its lease. */
export type EndOfOwner = 'retired' | 'process_gone' | 'lease_over';

export interface DeadOwner extends Owner {
  readonly endedBy: Exclude<EndOfOwner, 'retired'>;
}
