import type { Progress } from './context.ts';
import type { DatasetVersion } from './dataset.ts';
import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import type { AttemptMetrics, QuarantineSummary, Warning } from './outcome.ts';
import type { EndOfOwner } from './ports.ts';
import type { AttemptEndStatus, EndStatus, RunEndStatus, Trigger } from './status.ts';

interface EventBase {
  readonly at: Date;
  readonly runId: string;
}

interface ComponentEventBase extends EventBase {
  readonly component: string;
}

/** The run and its components are on record. */
export interface RunStarted extends EventBase {
  readonly type: 'run_started';
  readonly dag: string;
  readonly dagVersion: string;
  readonly environment: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  readonly components: readonly string[];
  /** The run was begun by an engine that is gone, and goes on in this one. */
  readonly adopted?: {
    readonly host: string;
    readonly pid: number;
    readonly endedBy: EndOfOwner;
    /** Components that had ended. */
    readonly ended: number;
  };
}

/** The component waits for another run that holds its claim. */
export interface ComponentWaiting extends ComponentEventBase {
  readonly type: 'component_waiting';
  readonly heldBy: string;
}

/** The probe has begun to ask the component's sources. */
export interface ComponentProbing extends ComponentEventBase {
  readonly type: 'component_probing';
}

/** An attempt has begun; `decision` says why. */
export interface AttemptStarted extends ComponentEventBase {
  readonly type: 'attempt_started';
  readonly attempt: number;
  readonly pid?: number;
  readonly decision: Decision;
}

/** The attempt says how far it is. Shown, never stored. */
export interface AttemptProgressed extends ComponentEventBase {
  readonly type: 'attempt_progressed';
  readonly attempt: number;
  readonly progress: Progress;
}

/** The component, or the program it runs, wrote a line. Kept in the attempt's log file. */
export interface AttemptLogged extends ComponentEventBase {
  readonly type: 'attempt_logged';
  readonly attempt: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: JsonObject;
}

/** An attempt has ended and its end is on record; `retryInMs` when there will be another one. */
export interface AttemptFinished extends ComponentEventBase {
  readonly type: 'attempt_finished';
  readonly attempt: number;
  readonly status: AttemptEndStatus;
  readonly failure?: Failure;
  readonly metrics: AttemptMetrics;
  readonly retryInMs?: number;
}

/** A component run has reached its end and its end is on record. */
export interface ComponentFinished extends ComponentEventBase {
  readonly type: 'component_finished';
  readonly status: EndStatus;
  readonly reason: string;
  readonly decision?: Decision;
  readonly degraded: boolean;
  readonly attempts: number;
  readonly durationMs: number;
  readonly failure?: Failure;
  readonly datasets: readonly DatasetVersion[];
  readonly warnings: readonly Warning[];
  readonly quarantine?: QuarantineSummary;
}

/** The run has ended and its end is on record. */
export interface RunFinished extends EventBase {
  readonly type: 'run_finished';
  readonly status: RunEndStatus;
  readonly reason?: string;
  readonly durationMs: number;
  readonly counts: Readonly<Partial<Record<EndStatus, number>>>;
  /** It was begun by another engine. */
  readonly adopted?: true;
}

export type RunEvent =
  | RunStarted
  | ComponentWaiting
  | ComponentProbing
  | AttemptStarted
  | AttemptProgressed
  | AttemptLogged
  | AttemptFinished
  | ComponentFinished
  | RunFinished;

export type Emit = (event: RunEvent) => void;
