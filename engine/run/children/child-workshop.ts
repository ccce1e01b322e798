import type { AttemptFailure, AttemptMetrics, Outcome } from '../../model/outcome.ts';
import type { Clock } from '../../model/ports.ts';
import { stoppedOutcome } from '../../model/stopped.ts';
import type { AttemptControl, Workplace, Workshop } from '../../model/task.ts';
import type { Child } from './child.ts';
import { diedOutcome } from './child-failure.ts';
import type { ChildPool } from './child-pool.ts';
import { type Exchange, exchange } from './exchange.ts';
import type { Proof } from './ladder.ts';

export interface ChildWorkshopOptions {
  readonly pool: ChildPool;
  /** Component → key of the children that may serve it; see ChildPool. */
  readonly keyOf: (component: string) => string;
  readonly clock: Clock;
}

/** Attempts in child processes, each of which can be stopped for certain. */
export function createChildWorkshop({ pool, keyOf, clock }: ChildWorkshopOptions): Workshop {
  return {
    open: (component) => {
      const key = keyOf(component);
      const child = pool.take(key);
      return Promise.resolve(createWorkplace(child, clock, () => pool.giveBack(child, key)));
    },
    close: () => pool.close(),
  };
}

function createWorkplace(child: Child, clock: Clock, release: () => Promise<void>): Workplace {
  return {
    pid: child.pid,
    async probe(task, control) {
      const result = await exchange(child, { type: 'probe', task }, control, clock);
      if (result.kind === 'answered' && result.answer.type === 'probed') return result.answer.result;
      child.isClean = false;
      return { known: false, message: `the probe ${endOf(result)}` };
    },
    async attempt(task, control) {
      const startedMs = clock.monotonicMs();
      const result = await exchange(child, { type: 'attempt', task }, control, clock);
      const outcome = outcomeOf(result, control, { wallMs: clock.monotonicMs() - startedMs });
      if (outcome.status !== 'success') child.isClean = false;
      return outcome;
    },
    release,
  };
}

function outcomeOf(result: Exchange, control: AttemptControl, metrics: AttemptMetrics): Outcome {
  if (result.kind === 'died') {
    return withSurvivor(diedOutcome(result.exit, result.lastWords, metrics), result.proof);
  }
  if (result.kind === 'stopped') {
    return withSurvivor(stoppedOutcome(result.cause, control.timeoutMs, metrics), result.proof);
  }
  if (result.answer.type === 'ended') return result.answer.outcome;
  const message = 'expected its process to say how the attempt ended, got the answer to a probe';
  return { status: 'failed', failure: { class: 'protocol', message }, metrics };
}

/** A process that outlives SIGKILL is the host's trouble: said so, with its pid, and its place stays taken. */
function withSurvivor(outcome: AttemptFailure, { survivorPid }: Proof): AttemptFailure {
  if (survivorPid === undefined) return outcome;
  const message = `${outcome.failure.message}, and process ${survivorPid} could not be ended`;
  const hint = `Process ${survivorPid} ignores SIGKILL, most often because it waits for a disk or network file system.`;
  return {
    ...outcome,
    status: 'failed',
    failure: { class: 'infra', message, hint, details: { pid: survivorPid }, retryable: false },
    survivorPid,
  };
}

function endOf(result: Exchange): string {
  if (result.kind === 'died') return 'ended with its process';
  return result.kind === 'stopped' ? `was stopped: ${result.cause}` : 'got an answer to something else';
}
