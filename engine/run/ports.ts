import type { DueAnswer } from '../decide/facts.ts';
import type { AdoptionStore, DeadRun } from '../model/adoption.ts';
import type { Component, Dag, FailurePolicy, RetryPolicy } from '../model/component.ts';
import type { DataInterval } from '../model/context.ts';
import type { Emit } from '../model/event.ts';
import type { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { Clock, MemoryStore, NewId, Owner, RunStore } from '../model/ports.ts';
import type { Trigger } from '../model/status.ts';
import type { AttemptLimits, NetworkRule, Workshop } from '../model/task.ts';
import type { RunQuotas } from './quotas/ports.ts';

/** Where a component's calls go: the live base URL or the sandbox's, and what the guard lets through. */
export interface Origin {
  readonly baseUrl: string;
  readonly network: NetworkRule;
}

/** What is asked about a component in a run that answers for slots. */
export interface DueQuestion {
  /** Of the run: one for reopened slots asks what nobody has answered since. */
  readonly trigger: Trigger;
  readonly now: Date;
  /** The instant for which the run answers. */
  readonly asOf: Date;
  /** Newest as_of of a success or `unchanged`; undefined for one that never succeeded. */
  readonly answeredUntil: Date | undefined;
}

/** The calendar of the DAG, each component by its own schedule. */
export interface RunSchedules {
  dueOf(component: Component, question: DueQuestion): DueAnswer;
  /** By the component's own schedule, else the DAG's; without any both ends are `asOf`. */
  intervalOf(component: Component, asOf: Date): DataInterval;
}

/** The world, as far as a run reaches it. */
export interface RunPorts {
  readonly clock: Clock;
  readonly newId: NewId;
  /** In [0, 1): for jitter. */
  readonly random: () => number;
  readonly owner: Owner;
  readonly runs: RunStore;
  readonly adoption: AdoptionStore;
  readonly memory: MemoryStore;
  readonly schedules: RunSchedules;
  readonly quotas: RunQuotas;
  readonly workshops: Readonly<Record<Component['isolation'], Workshop>>;
  /** Absolute folder of the environment's landing, curated and quarantine. */
  readonly storageRoot: string;
  /** Absolute; relative paths of sources begin there. */
  readonly projectRoot: string;
  readonly emit: Emit;
  /** Resolves true when somebody wants the run cancelled, false when it is over. Never rejects. */
  awaitCancel(runId: string, over: AbortSignal): Promise<boolean>;
  readonly originOf: (component: Component) => Origin | Failure;
  readonly secretsOf: (component: Component) => Readonly<Record<string, string>>;
}

/** What the environment decides for every component that does not decide itself. */
export interface RunSettings {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly componentTimeoutMs: number;
  readonly graceMs: number;
  readonly retries: RetryPolicy;
  readonly failurePolicy: FailurePolicy;
  readonly probeConcurrency: number;
  /** Every how many answers that rest on a validator a source is verified; 0 is never. */
  readonly auditEvery: number;
  readonly limits: AttemptLimits;
}

export interface RunRequest {
  readonly dag: Dag;
  readonly dagVersion: string;
  readonly definition: JsonObject;
  readonly environment: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  /** The instant of the schedule that the run is made for; absent for a manual one. */
  readonly slot?: Date;
  /** The instant for which it answers. Default: its slot, else its start. */
  readonly asOf?: Date;
  /** Default false: every selected component is asked now, whatever its schedule. */
  readonly answersSlots?: boolean;
  /** See `NewRun`. Default: true but for a backfill. */
  readonly advances?: boolean;
  /** Open slots at `slot` that the run takes, see `NewRun`. If one is not open any more, `SlotTaken` is thrown. */
  readonly takes?: readonly string[];
  /** The backfill whose slot the run takes, likewise. */
  readonly backfill?: string;
  /** Its slot is filled again, whatever has been made since. Default: of a backfill. */
  readonly backfilled?: boolean;
  /** The run whose open ends it tries again: what is selected is asked now. */
  readonly retryOf?: string;
  /** A run whose engine died, to go on with instead of making one. If somebody else was first, `RunTaken` is thrown. */
  readonly adopts?: DeadRun;
  /** What was asked for, as it was asked. */
  readonly selection: JsonObject;
  /** What that comes to. */
  readonly selected: ReadonlySet<string>;
  /** True: give up at once when another run holds a component, instead of waiting for it. */
  readonly noWait: boolean;
  readonly settings: RunSettings;
  /** Aborted from outside with a StopCause as its reason. */
  readonly signal: AbortSignal;
  /** Once it aborts, nothing that is being stopped is given any more time. */
  readonly hurry?: AbortSignal;
}

export function isBackfilled({ backfilled, trigger }: Pick<RunRequest, 'backfilled' | 'trigger'>): boolean {
  return backfilled ?? trigger === 'backfill';
}

/** Whether later runs go on from what this one leaves. */
export function advancesOf({ advances, trigger }: Pick<RunRequest, 'advances' | 'trigger'>): boolean {
  return advances ?? trigger !== 'backfill';
}
