import type { QuotaUse } from '../model/quota.ts';
import { windowOf } from '../schedule/quota-window.ts';

/** Calls of the simulated future, by window: what the store counts in a real one. */
export class QuotaLedger {
  readonly #used = new Map<string, number>();

  /** Takes as many of `calls` as the window has left; returns how many that were. */
  take(use: QuotaUse, calls: number, now: Date): number {
    const key = `${use.name} ${windowOf(use, now).start.getTime()}`;
    const used = this.#used.get(key) ?? 0;
    const ceiling = use.priority ? use.limit : use.limit - use.reserve;
    const taken = Math.max(0, Math.min(calls, ceiling - used));
    this.#used.set(key, used + taken);
    return taken;
  }
}
