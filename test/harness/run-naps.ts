import { systemClock } from '../../engine/clock/system-clock.ts';
import type { Clock } from '../../engine/model/ports.ts';

/** Somebody who waits. */
export interface Nap {
  readonly ms: number;
  wake(): void;
}

export interface NapClock extends Clock {
  /** The first nap of this length that nobody has taken yet, begun already or still to come. */
  nap(isMeant?: (ms: number) => boolean): Promise<Nap>;
}

/** The real clock, but nobody's sleep ends before the test wakes them or their signal aborts. */
export function createNapClock(): NapClock {
  const naps = new Set<Nap>();
  const lookers = new Set<() => void>();
  return {
    ...systemClock,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const nap = { ms, wake: resolve };
        naps.add(nap);
        const onAbort = () => {
          naps.delete(nap);
          resolve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        for (const look of lookers) look();
      }),
    nap: (isMeant = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const nap = [...naps].find(({ ms }) => isMeant(ms));
          if (!nap) return;
          naps.delete(nap);
          lookers.delete(look);
          resolve(nap);
        };
        lookers.add(look);
        look();
      }),
  };
}
