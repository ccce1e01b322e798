import type { StopCause } from '../model/task.ts';
import { exitCodes, type StopSignal } from './exit-codes.ts';

/** After a second signal nothing is waited for any longer than this. */
const patienceMs = 2_000;

/** SIGINT and SIGTERM, while a command that can be stopped is at work. */
export interface StopSignals {
  /** Aborts with the cause `interrupted`. */
  readonly signal: AbortSignal;
  /** The first one that came. */
  readonly received: StopSignal | undefined;
  /** From here on signals end the process as they always do. */
  release(): void;
}

export function catchStopSignals(onFirst: (name: StopSignal) => void): StopSignals {
  const stopping = new AbortController();
  let received: StopSignal | undefined;
  const hear = (name: NodeJS.Signals) => {
    if (received === undefined) {
      received = name as StopSignal;
      onFirst(received);
      stopping.abort('interrupted' satisfies StopCause);
      return;
    }
    const code = exitCodes[received];
    setTimeout(() => process.exit(code), patienceMs).unref();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return {
    signal: stopping.signal,
    get received() {
      return received;
    },
    release: () => {
      process.off('SIGINT', hear);
      process.off('SIGTERM', hear);
    },
  };
}
