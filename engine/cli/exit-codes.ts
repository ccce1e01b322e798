import type { RunSummary } from '../model/summary.ts';
import { unreachable } from '../model/unreachable.ts';

/** What the exit code of a command says; 75 and 78 are those of sysexits.h, 124 that of timeout(1). */
export const exitCodes = {
  success: 0,
  failed: 1,
  usage: 2,
  /** Somebody else is at it: trying again later is safe. */
  busy: 75,
  /** A secret or a setting is missing. */
  configuration: 78,
  timedOut: 124,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Whoever sent a signal is told so, also where all had been done. */
export function exitCodeOf({ status, reason }: RunSummary, signal: StopSignal | undefined): number {
  if (signal !== undefined) return exitCodes[signal];
  switch (status) {
    case 'success':
      return exitCodes.success;
    case 'failed':
      return exitCodes.failed;
    case 'timed_out':
      return exitCodes.timedOut;
    case 'cancelled':
      return reason === 'busy' ? exitCodes.busy : exitCodes.failed;
    default:
      return unreachable(status);
  }
}
