import type { RetryPolicy } from '../model/component.ts';
import type { DatasetVersion } from '../model/dataset.ts';
import { FailureError } from '../model/failure.ts';
import type { AttemptFailure, AttemptSuccess } from '../model/outcome.ts';
import type { ComponentEnd } from '../model/summary.ts';
import { type AttemptRecord, runAttempt } from './attempt.ts';
import { releaseDatasets, reserveDatasets } from './dataset-clash.ts';
import { endByStop } from './end-without-attempt.ts';
import { advancesOf } from './ports.ts';
import { finishPublication, linkDatasets, type Publication, unlinkDatasets } from './publish.ts';
import { recordFailure, recordSuccess } from './record-attempt.ts';
import { countTry, isParked, noTries, parkedFailure, retryDelayMs, retryPolicyOf, type Tries } from './retry.ts';
import { componentRunIdOf, type RunState } from './run-state.ts';
import { removeFolders } from './task.ts';
import type { Work } from './work.ts';

/** Tries until a success, until policy says no, or until the run is stopped. No place is held between two tries. */
export async function runAttempts(work: Work, state: RunState): Promise<ComponentEnd> {
  const begun = state.begun.get(work.component.id);
  let tries = begun?.tries ?? noTries;
  const policy = retryPolicyOf(work.component.retries, state.request.settings.retries);
  const onFailure = (failure: AttemptFailure) => {
    if (isForGood(failure, tries, policy)) state.onFailure();
  };
  for (let number = (begun?.attempts ?? 0) + 1; ; number += 1) {
    const record = await runAttempt(work, number, state, onFailure);
    if (record === 'stopped') return endByStop(work.component, state, number - 1);
    const failure = await settle(work, record, state);
    if ('component' in failure) return failure;
    await removeFolders(record.task.folders);
    tries = countTry(tries, failure.status);
    const delayMs = retryDelayMs(failure, tries, policy, state.ports.random);
    const outcome = isParked(tries) ? { ...failure, failure: parkedFailure(failure.failure) } : failure;
    const end = await recordFailure(work, { ...record, outcome }, delayMs, state);
    if (end) return end;
    await state.ports.clock.sleep(delayMs ?? 0, state.closed);
    if (state.closed.aborted) return endByStop(work.component, state, number);
  }
}

/** Neither stopped nor deferred, and not tried again. */
function isForGood(failure: AttemptFailure, before: Tries, policy: RetryPolicy): boolean {
  const isFailing = failure.status === 'failed' || failure.status === 'timed_out' || failure.status === 'lost';
  if (!isFailing || failure.resumesAt) return false;
  return retryDelayMs(failure, countTry(before, failure.status), policy, () => 0) === undefined;
}

/** A success is published and recorded here; what comes back otherwise is the failure to go on with. */
async function settle(work: Work, record: AttemptRecord, state: RunState): Promise<ComponentEnd | AttemptFailure> {
  const { outcome } = record;
  if (outcome.status !== 'success') return outcome;
  try {
    const clash = reserveDatasets(work.component, outcome.datasets, state);
    if (clash) return { status: 'failed', failure: clash, metrics: outcome.metrics };
    return await publish(work, record, outcome, state);
  } finally {
    releaseDatasets(work.component, state);
  }
}

async function publish(
  work: Work,
  record: AttemptRecord,
  outcome: AttemptSuccess,
  state: RunState,
): Promise<ComponentEnd | AttemptFailure> {
  const publication = publicationOf(work, record, outcome, state);
  const versions = link(outcome, publication);
  if ('failure' in versions) return versions;
  const { end, isRecorded } = await recordSuccess(work, record, outcome, versions, state);
  if (isRecorded && versions.length > 0) {
    await finishPublication(versions, publication, state.ports.memory).catch((error: unknown) =>
      tellUnfinished(work, record, error, state),
    );
  } else if (!isRecorded) {
    unlinkDatasets(versions, publication.storageRoot);
    await removeFolders(record.task.folders);
  }
  return end;
}

function link(outcome: AttemptSuccess, publication: Publication): readonly DatasetVersion[] | AttemptFailure {
  if (outcome.datasets.length === 0) return [];
  try {
    return linkDatasets(outcome.datasets, publication);
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    return { status: 'failed', failure: thrown.failure, metrics: outcome.metrics };
  }
}

/** The manifest is committed, so the data is published; only the pointer for readers without a database is old. */
function tellUnfinished(
  { component }: Work,
  { number: attempt }: AttemptRecord,
  error: unknown,
  state: RunState,
): void {
  const message = `published, but _latest.json or the staging folder was left as it was: ${(error as Error).message}`;
  const { clock, emit } = state.ports;
  const at = clock.now();
  emit({ type: 'attempt_logged', at, runId: state.info.id, component: component.id, attempt, level: 'warn', message });
}

function publicationOf(work: Work, record: AttemptRecord, outcome: AttemptSuccess, state: RunState): Publication {
  const { clock, newId, storageRoot } = state.ports;
  return {
    storageRoot,
    newId,
    staging: record.task.folders.staging,
    taken: new Set(state.lastSuccesses.get(work.component.id)?.datasets.map(({ path }) => path)),
    advances: advancesOf(state.request),
    environment: state.info.environment,
    dag: state.info.dag,
    component: work.component.id,
    componentRunId: componentRunIdOf(state, work.component),
    publishedAt: clock.now(),
    evidence: Object.fromEntries(
      outcome.evidence.map(({ source, parts }) => [source, parts.map((part) => ({ ...part }))]),
    ),
  };
}
