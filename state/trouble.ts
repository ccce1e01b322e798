import { formatDuration } from '../engine/model/duration.ts';

export interface TroubleOptions {
  /** Of the database, for messages. */
  readonly place: string;
  /** Between two lines about one cause. */
  readonly everyMs: number;
  /** Hears one sentence at a time. */
  readonly tell: (line: string) => void;
  readonly nowMs?: () => number;
}

const BRIEF_MS = 1_000;

/** Tells people that the database is away, and for what it is waited, without a flood; and once that it is back. */
export class Trouble {
  readonly #options: Required<TroubleOptions>;
  readonly #toldMs = new Map<string, number>();
  #sinceMs: number | undefined;
  #isTold = false;

  constructor(options: TroubleOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
  }

  /** Of every try that found the database away, for somebody who waits since `sinceMs`. */
  away(error: unknown, doing: string, { tries, sinceMs }: { readonly tries: number; readonly sinceMs: number }): void {
    const { place, everyMs, tell, nowMs } = this.#options;
    const now = nowMs();
    this.#sinceMs ??= sinceMs;
    const cause = error instanceof Error ? error.message || error.name : String(error);
    const told = this.#toldMs.get(cause);
    // A cut that the next try mends is not worth a line, a server that has said nothing for long is.
    const isPassing = tries < 2 && now - sinceMs < BRIEF_MS;
    if (isPassing || (told !== undefined && now - told < everyMs)) return;
    this.#toldMs.set(cause, now);
    this.#isTold = true;
    const since = formatDuration(Math.round(now - this.#sinceMs));
    tell(
      `the database at ${place} has been away for ${since}, waiting for it to ${doing}; what runs goes on. It said: ${cause}`,
    );
  }

  /** Of every success: of no cost while all is well. */
  back(): void {
    if (this.#sinceMs === undefined) return;
    const { place, tell, nowMs } = this.#options;
    const lasted = formatDuration(Math.round(nowMs() - this.#sinceMs));
    this.#sinceMs = undefined;
    if (this.#isTold) tell(`the database at ${place} is back after ${lasted}`);
    this.#isTold = false;
  }
}
