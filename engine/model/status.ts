/**
 * Every status and every legal move between them. The database repeats the statuses as CHECK constraints, and
 * `docs/states.md` draws them. Terminal states absorb: the first committed one wins.
 *
 *   Run            queued ─▶ running ─▶ success | failed | cancelled | timed_out
 *   ComponentRun   pending ─▶ running ⇄ up_for_retry ─▶ success | failed | timed_out | cancelled
 *                  running ─▶ deferred
 *                  pending ─▶ unchanged | skipped | deferred | upstream_failed | failed | cancelled
 *   Attempt        running ─▶ success | failed | timed_out | cancelled | interrupted | lost
 */
export const runStatuses = ['queued', 'running', 'success', 'failed', 'cancelled', 'timed_out'] as const;
export type RunStatus = (typeof runStatuses)[number];

export const componentRunStatuses = [
  'pending',
  'running',
  'up_for_retry',
  'success',
  'unchanged',
  'skipped',
  'deferred',
  'upstream_failed',
  'failed',
  'timed_out',
  'cancelled',
] as const;
export type ComponentRunStatus = (typeof componentRunStatuses)[number];

export const attemptStatuses = [
  'running',
  'success',
  'failed',
  'timed_out',
  'cancelled',
  'interrupted',
  'lost',
] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

export type LiveStatus = 'pending' | 'running' | 'up_for_retry';
export type EndStatus = Exclude<ComponentRunStatus, LiveStatus>;
export type RunEndStatus = Exclude<RunStatus, 'queued' | 'running'>;
export type AttemptEndStatus = Exclude<AttemptStatus, 'running'>;

/** From which statuses a component run may move to each status. The stores take their compare-and-set from here. */
export const componentRunMoves: Readonly<Record<Exclude<ComponentRunStatus, 'pending'>, readonly LiveStatus[]>> = {
  running: ['pending', 'up_for_retry'],
  up_for_retry: ['running'],
  success: ['running'],
  unchanged: ['pending'],
  skipped: ['pending'],
  deferred: ['pending', 'running'],
  upstream_failed: ['pending'],
  failed: ['pending', 'running', 'up_for_retry'],
  timed_out: ['running', 'up_for_retry'],
  cancelled: ['pending', 'running', 'up_for_retry'],
};

const live: ReadonlySet<ComponentRunStatus> = new Set(['pending', 'running', 'up_for_retry']);

export function isEnd(status: ComponentRunStatus): status is EndStatus {
  return !live.has(status);
}

/** A run is failed if any component is one of these. */
const failing: ReadonlySet<ComponentRunStatus> = new Set(['failed', 'timed_out', 'upstream_failed']);

export function isFailing(status: ComponentRunStatus): boolean {
  return failing.has(status);
}

/** `unchanged` satisfies every rule that `success` does. */
export function isSatisfying(status: ComponentRunStatus): boolean {
  return status === 'success' || status === 'unchanged';
}

export const triggers = ['manual', 'scheduled', 'catchup', 'backfill', 'retry', 'webhook'] as const;
export type Trigger = (typeof triggers)[number];
