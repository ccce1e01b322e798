import type { RetryPolicy } from '../model/component.ts';
import { type Failure, isRetryable } from '../model/failure.ts';
import type { AttemptFailure } from '../model/outcome.ts';

/** Three in a row park the component: whatever kills its process will kill the next one too. */
const lostInARowMax = 3;

/** A component's own words win; a delay of its own longer than the environment's limit raises that limit. */
export function retryPolicyOf(own: Partial<RetryPolicy> | undefined, environment: RetryPolicy): RetryPolicy {
  const policy = { ...environment, ...own };
  return { ...policy, maxDelayMs: own?.maxDelayMs ?? Math.max(policy.maxDelayMs, policy.delayMs) };
}

/** What has been tried so far. Only `failed` and `timed_out` cost a try. */
export interface Tries {
  readonly spent: number;
  readonly lostInARow: number;
}

export const noTries: Tries = { spent: 0, lostInARow: 0 };

export function countTry(tries: Tries, status: AttemptFailure['status']): Tries {
  if (status === 'lost') return { spent: tries.spent, lostInARow: tries.lostInARow + 1 };
  return { spent: tries.spent + 1, lostInARow: 0 };
}

export function isParked({ lostInARow }: Tries): boolean {
  return lostInARow >= lostInARowMax;
}

/** Said once, in place of the failure of the last attempt. */
export function parkedFailure(last: Failure | undefined): Failure {
  const message = `parked: ${lostInARowMax} of its attempts in a row took their process, or the engine, with them`;
  return {
    class: 'lost',
    message: last ? `${message}; the last time: ${last.message}` : message,
    hint: 'See its log and the kernel log for what ended them; the next run tries it again.',
  };
}

/**
 * Milliseconds until the next attempt, or undefined when there is none. Exponential with equal jitter (half fixed, half
 * random), so that many components refused at once do not come back at once; never sooner than the source asked for.
 */
export function retryDelayMs(
  outcome: AttemptFailure,
  tries: Tries,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (outcome.status === 'lost') return isParked(tries) ? undefined : 0;
  if (outcome.status !== 'failed' && outcome.status !== 'timed_out') return undefined;
  if (!isRetryable(outcome.failure) || tries.spent > policy.max) return undefined;
  const exponential = Math.min(policy.delayMs * 2 ** (tries.spent - 1), policy.maxDelayMs);
  const jittered = exponential / 2 + (exponential / 2) * random();
  return Math.round(Math.max(jittered, outcome.failure.retryAfterMs ?? 0));
}
