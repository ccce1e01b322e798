import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { ComponentRunStatus, Trigger } from './status.ts';

/** One thing that must be so for a component to run by itself. */
export interface ChecklistItem {
  readonly item: 'schedule' | 'time_zone' | 'enabled' | 'environment' | 'paused' | 'tick' | 'secrets';
  readonly ok: boolean;
  readonly because: string;
}

/** A slot, and what became of it. */
export interface ExplainedSlot {
  readonly slot: Date;
  /** The last of `count` missed slots that one row stands for. */
  readonly to: Date | null;
  readonly count: number;
  readonly status: 'due' | 'created' | 'skipped' | 'missed';
  readonly reason: string | null;
  readonly runId: string | null;
  readonly notBefore: Date | null;
}

/** The newest decision about a component, or that of the run that was asked for. */
export interface ExplainedRun {
  readonly runId: string;
  readonly trigger: Trigger;
  readonly startedAt: Date;
  readonly asOf: Date;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
  readonly decision?: Decision;
  readonly failure: Failure | null;
}

/** Why a component ran, or did not. */
export interface Explanation {
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly checklist: readonly ChecklistItem[];
  readonly lastSuccessAt: Date | null;
  /** Undefined when no run ever decided about it. */
  readonly run?: ExplainedRun;
  /** What would make it run, or run again. */
  readonly toRun: readonly string[];
  /** Of the DAG and of the component, newest first. */
  readonly slots: readonly ExplainedSlot[];
}
