import { systemClock } from '../../engine/clock/system-clock.ts';
import type { Clock } from '../../engine/model/ports.ts';

/** A deadline no test would wait for: it comes when the test says so. */
export const gatedMs = 987_654_321;

export interface GatedClock extends Clock {
  /** Ends every sleep of `gatedMs` that is under way, and resolves when there was one to end. */
  expire(): Promise<void>;
}

/** The real clock, but for the one deadline that the test holds in its hand. */
export function createGatedClock(): GatedClock {
  const sleepers = new Set<() => void>();
  let onSleep: (() => void) | undefined;
  return {
    ...systemClock,
    sleep(ms, signal) {
      if (ms !== gatedMs) return systemClock.sleep(ms, signal);
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => sleepers.delete(resolve) && resolve(), { once: true });
        onSleep?.();
      });
    },
    async expire() {
      if (sleepers.size === 0) {
        await new Promise<void>((resolve) => {
          onSleep = resolve;
        });
      }
      for (const wake of sleepers) wake();
      sleepers.clear();
    },
  };
}
