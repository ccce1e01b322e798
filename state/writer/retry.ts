import { setTimeout as sleep } from 'node:timers/promises';
import { isUniqueViolation, isWorthRetrying } from '../connection-error.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
/** Times that a unique violation is taken for the trace of a statement that was still on its way. */
const ECHOES_MAX = 5;

export interface RetryTerms {
  /** By the monotonic clock; asked before each pause. */
  readonly endMs: () => number;
  readonly onAway: (error: unknown, tries: number) => void;
  /** Default: whatever may pass. */
  readonly isAway?: (error: unknown) => boolean;
}

/**
 * Does keyed work again while the database is away, until `endMs()` has passed; then throws the last error. From the second time on `isRepeated` is true: the time before may have been committed although nobody heard
 * of it. So may a statement that is still on its way, which then shows as a unique violation and is looked at again.
 */
export async function retryWhileAway<Result>(
  work: (isRepeated: boolean) => Promise<Result>,
  { endMs, onAway, isAway = isWorthRetrying }: RetryTerms,
): Promise<Result> {
  let echoes = 0;
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS; ; tries += 1, pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work(tries > 1);
    } catch (error) {
      const isPassing = isAway(error);
      const isEcho = tries > 1 && isUniqueViolation(error) && echoes++ < ECHOES_MAX;
      if (isPassing) onAway(error, tries);
      if (!(isPassing || isEcho) || performance.now() + pauseMs >= endMs()) throw error;
      await sleep(pauseMs);
    }
  }
}
