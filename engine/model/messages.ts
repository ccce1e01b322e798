import type { Progress } from './context.ts';
import type { ProbeResult } from './evidence.ts';
import type { Outcome } from './outcome.ts';
import type { QuotaAsk, QuotaObservation, QuotaReply } from './quota.ts';
import type { AttemptTask, LogLine, StopCause } from './task.ts';

/** What a parent says to its child, as JSON. One task at a time. */
export type ToChild =
  /** First and once: load the bundle of the DAG now, so that no task has to wait for it. */
  | { readonly type: 'prepare'; readonly bundle: string }
  | { readonly type: 'probe'; readonly task: AttemptTask }
  | { readonly type: 'attempt'; readonly task: AttemptTask }
  /** To the `quota` of the same id. */
  | { readonly type: 'quota_reply'; readonly id: number; readonly reply: QuotaReply }
  /** First rung of the ladder: abort the task's signal. */
  | { readonly type: 'stop'; readonly cause: StopCause };

/** What a child says to its parent, as JSON. */
export type ToParent =
  /** The engine is loaded; tasks may be sent. */
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'log'; readonly line: LogLine }
  /** May this call be sent? It waits for the reply. */
  | { readonly type: 'quota'; readonly id: number; readonly ask: QuotaAsk }
  | { readonly type: 'quota_observed'; readonly observation: QuotaObservation }
  | { readonly type: 'probed'; readonly result: ProbeResult; readonly residue: Residue }
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly residue: Residue };

/** What a task left behind in its process; a child with any of it is replaced. */
export interface Residue {
  /** Kinds of handles that were not there before: `Timeout`, `TCPSocketWrap`, … */
  readonly handles: readonly string[];
  /** Processes that the task started, whether or not they are gone. */
  readonly spawned: number;
  readonly rssBytes: number;
}

/** Name of the environment variable that marks a child and everything it starts. */
export const tokenVariable = 'SIGNALBOX_CHILD_TOKEN';
