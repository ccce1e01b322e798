import { fingerprintOf, outputDigestOf } from '../decide/fingerprint.ts';
import type { DatasetVersion } from '../model/dataset.ts';
import type { AttemptFailure, AttemptSuccess } from '../model/outcome.ts';
import type { SuccessRecord } from '../model/ports.ts';
import type { EndStatus } from '../model/status.ts';
import type { ComponentEnd } from '../model/summary.ts';
import type { StopCause } from '../model/task.ts';
import type { AttemptRecord } from './attempt.ts';
import { finishComponent } from './finish-component.ts';
import { reopenAt } from './quotas/reopening.ts';
import { componentRunIdOf, type RunState } from './run-state.ts';
import { endTakenOver } from './taken-over.ts';
import { trustAfter } from './trust-after.ts';
import type { Work } from './work.ts';

/** Records a success: outcome, manifest and evidence in one fenced transaction. That commit is the publication. */
export async function recordSuccess(
  work: Work,
  record: AttemptRecord,
  outcome: AttemptSuccess,
  datasets: readonly DatasetVersion[],
  state: RunState,
): Promise<{ readonly end: ComponentEnd; readonly isRecorded: boolean }> {
  const finishedAt = state.ports.clock.now();
  const trust = trustAfter(work.component, outcome.evidence, finishedAt, state);
  const success = successOf(work, outcome, datasets, trust);
  const isRecorded = await finish(work, record, 'success', state, {
    reason: work.decision.reason,
    finishedAt,
    metrics: outcome.metrics,
    warnings: outcome.warnings,
    quarantine: outcome.quarantine,
    success,
  });
  if (!isRecorded) return { end: endTakenOver(endBase(work, record), state), isRecorded };
  const { runId, component } = { runId: state.info.id, component: work.component.id };
  const { number: attempt } = record;
  const { metrics } = outcome;
  state.ports.emit({ type: 'attempt_finished', at: finishedAt, runId, component, attempt, status: 'success', metrics });
  const end = finishComponent(state, {
    status: 'success',
    reason: work.decision.reason,
    published: { output: success.output, outputDigest: success.outputDigest },
    quarantine: outcome.quarantine,
    ...endBase(work, record),
    datasets,
    warnings: outcome.warnings,
  });
  return { end, isRecorded };
}

/** Records a failed try; `delayMs` undefined means that it was the last one. Returns the end, or nothing when the run goes on. */
export async function recordFailure(
  work: Work,
  record: AttemptRecord & { readonly outcome: AttemptFailure },
  delayMs: number | undefined,
  state: RunState,
): Promise<ComponentEnd | undefined> {
  const { outcome, number: attempt } = record;
  const { failure, metrics, status } = outcome;
  const finishedAt = state.ports.clock.now();
  const goesOn = delayMs !== undefined && !state.closed.aborted;
  const componentStatus = goesOn ? 'up_for_retry' : endStatusOf(outcome, state);
  const reason = reasonOf(outcome, goesOn, state);
  if (componentStatus === 'deferred' && outcome.resumesAt) reopenAt(work.component, outcome.resumesAt, state);
  const reopen = state.reopenings.get(work.component.id);
  const isRecorded = await finish(work, record, componentStatus, state, {
    reason,
    finishedAt,
    failure,
    metrics,
    warnings: [],
    ...(reopen ? { reopen } : {}),
  });
  if (!isRecorded) return endTakenOver(endBase(work, record), state);
  const retry = goesOn ? { retryInMs: delayMs } : {};
  const event = {
    at: finishedAt,
    runId: state.info.id,
    component: work.component.id,
    attempt,
    status,
    failure,
    metrics,
  };
  state.ports.emit({ type: 'attempt_finished', ...event, ...retry });
  if (componentStatus === 'up_for_retry') return undefined;
  return finishComponent(state, { ...endBase(work, record), status: componentStatus, reason, failure });
}

type FinishDetails = Omit<
  Parameters<RunState['ports']['runs']['finishAttempt']>[0],
  'componentRunId' | 'attemptId' | 'fence' | 'attemptStatus' | 'componentStatus'
>;

/** An inline attempt's start may still be on its way; its end counts only if the start did. */
async function finish(
  work: Work,
  record: AttemptRecord,
  componentStatus: 'up_for_retry' | EndStatus,
  state: RunState,
  details: FinishDetails,
): Promise<boolean> {
  const finished = state.ports.runs.finishAttempt({
    componentRunId: componentRunIdOf(state, work.component),
    attemptId: record.id,
    fence: state.fences.get(work.component.id) ?? 0,
    attemptStatus: record.outcome.status,
    componentStatus,
    ...details,
  });
  const [isOurs, isFinished] = await Promise.all([record.isOurs, finished]);
  return isOurs && isFinished;
}

function successOf(
  work: Work,
  outcome: AttemptSuccess,
  datasets: readonly DatasetVersion[],
  trust: SuccessRecord['trust'],
): SuccessRecord {
  const { output, evidence } = outcome;
  const upstreamDigests = work.upstreams.digests;
  return {
    output,
    outputDigest: outputDigestOf(output, datasets),
    fingerprint: fingerprintOf({ component: work.component, evidence, upstreamDigests }),
    upstreamDigests,
    evidence,
    trust,
    datasets,
    rows: datasets.reduce((sum, { rows }) => sum + rows, 0),
    bytes: datasets.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** After a signal the component run is cancelled; a death of its process that nobody asked for is a failure. */
function endStatusOf(outcome: AttemptFailure, state: RunState): EndStatus {
  const cause = stopOf(outcome, state);
  if (cause !== undefined && cause !== 'run_timeout') return 'cancelled';
  if (outcome.resumesAt) return 'deferred';
  if (outcome.status === 'timed_out') return 'timed_out';
  return outcome.status === 'cancelled' || outcome.status === 'interrupted' ? 'cancelled' : 'failed';
}

function reasonOf(outcome: AttemptFailure, goesOn: boolean, state: RunState): string {
  const cause = stopOf(outcome, state);
  if (cause !== undefined) return cause === 'run_timeout' ? 'run_timed_out' : cause;
  if (outcome.resumesAt) return 'quota_exhausted';
  return outcome.status === 'lost' && !goesOn ? 'parked' : outcome.failure.class;
}

/** What ended it; the failure after which all others are stopped is not ended by that. */
function stopOf(outcome: AttemptFailure, { stop }: RunState): StopCause | undefined {
  if (!stop.aborted || (stop.reason === 'after_failure' && outcome.status !== 'cancelled')) return undefined;
  return stop.reason as StopCause;
}

function endBase(work: Work, record: AttemptRecord) {
  return {
    component: work.component.id,
    degraded: work.upstreams.degraded,
    attempts: record.number,
    decision: work.decision,
    datasets: [],
    warnings: [],
  };
}
