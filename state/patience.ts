/**
 * How long a write waits for a database that is away. While a run of this process goes on: as long as that, hence until
 * the run's deadline at most, for what its components have done would be lost otherwise. Without one, or once it was
 * stopped: for a limit.
 */
export class Patience {
  readonly #limitMs: number;
  readonly #runs = new Map<string, () => void>();
  /** When the last run was over or stopped, by the monotonic clock. */
  #aloneSinceMs = Number.NEGATIVE_INFINITY;
  #lastMs = Number.POSITIVE_INFINITY;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** `stop` aborts when the run is stopped, by its deadline or from outside. */
  began(run: string, stop?: AbortSignal): void {
    if (stop?.aborted) return;
    const onStop = () => this.ended(run);
    stop?.addEventListener('abort', onStop, { once: true });
    this.#runs.set(run, () => stop?.removeEventListener('abort', onStop));
  }

  /** Nothing more will be asked: whatever still waits has `ms` left at most. */
  close(ms: number): void {
    this.#lastMs = performance.now() + ms;
  }

  ended(run: string): void {
    const forget = this.#runs.get(run);
    if (!forget) return;
    forget();
    this.#runs.delete(run);
    if (this.#runs.size === 0) this.#aloneSinceMs = performance.now();
  }

  /** Until when to go on with what is tried since `sinceMs`: as of now, since it changes with the runs. */
  endMs(sinceMs: number): number {
    if (this.#runs.size > 0) return this.#lastMs;
    return Math.min(this.#lastMs, Math.max(sinceMs, this.#aloneSinceMs) + this.#limitMs);
  }
}
