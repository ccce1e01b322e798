import type { StopCause } from '../model/task.ts';
import { exitCodes, type StopSignal } from './exit-codes.ts';

/** After a second signal the process is gone within this time, whatever it still waits for. */
const patienceMs = 2_000;

/** SIGINT and SIGTERM, while a command that can be stopped is at work. */
export interface StopSignals {
  /** Aborts at the first one, with the cause `interrupted`. */
  readonly signal: AbortSignal;
  /** Aborts at the second one. */
  readonly hurry: AbortSignal;
  /** The first one that came. */
  readonly received: StopSignal | undefined;
  /** From here on signals end the process as they always do. */
  release(): void;
}

/** `tell` hears of the first one. */
export function catchStopSignals(tell: (line: string) => void): StopSignals {
  const stopping = new AbortController();
  const hurrying = new AbortController();
  let received: StopSignal | undefined;
  const hear = (name: NodeJS.Signals) => {
    if (received === undefined) {
      received = name as StopSignal;
      // Whoever is told may fail, as a stream does that nobody reads any more: the stop comes first.
      stopping.abort('interrupted' satisfies StopCause);
      tell(`${name}: nothing more begins, and what is at work is given a moment; once more to end it now`);
      return;
    }
    if (hurrying.signal.aborted) return;
    const code = exitCodes[received];
    setTimeout(() => process.exit(code), patienceMs).unref();
    hurrying.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return {
    signal: stopping.signal,
    hurry: hurrying.signal,
    get received() {
      return received;
    },
    release: () => {
      process.off('SIGINT', hear);
      process.off('SIGTERM', hear);
    },
  };
}
