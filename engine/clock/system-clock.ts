import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../model/ports.ts';

/** `setTimeout` over 2^31−1 ms fires at once, and a laptop may sleep through a long one: look again at least this often. */
const longestSleepMs = 30_000;

/** The real clocks of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: sleepUntilAborted,
  // The first turn takes what is queued now, the second what that and the promises around it have queued behind us.
  turn: async () => {
    await turn();
    await turn();
  },
};

async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  const untilMs = performance.now() + ms;
  const leftMs = () => (signal?.aborted ? 0 : untilMs - performance.now());
  for (let left = leftMs(); left > 0; left = leftMs()) await nap(Math.min(left, longestSleepMs), signal);
}

function nap(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.ceil(ms));
    signal?.addEventListener('abort', done, { once: true });
  });
}
