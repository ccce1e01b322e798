import { setTimeout as sleep } from 'node:timers/promises';
import { isUniqueViolation, isWorthRetrying } from '../connection-error.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Does keyed work again while the database is away, until the limit has passed; then throws the last error. From the
 * second time on `isRepeated` is true: the time before may have been committed although nobody heard of it. So may a
 * statement that is still on its way, which then shows as a unique violation and is looked at again.
 */
export async function retryWhileAway<Result>(
  work: (isRepeated: boolean) => Promise<Result>,
  limitMs: number,
): Promise<Result> {
  const endMs = performance.now() + limitMs;
  for (let tries = 0, pauseMs = FIRST_PAUSE_MS; ; tries += 1, pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work(tries > 0);
    } catch (error) {
      const isPassing = isWorthRetrying(error) || (tries > 0 && isUniqueViolation(error));
      if (!isPassing || performance.now() + pauseMs >= endMs) throw error;
      await sleep(pauseMs);
    }
  }
}
