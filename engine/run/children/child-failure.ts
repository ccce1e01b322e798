import { diskHintOf } from '../../model/disk-failure.ts';
import type { AttemptFailure, AttemptMetrics } from '../../model/outcome.ts';
import type { ChildExit, LastWords } from './child.ts';

/** What the death of a child means for the attempt it was working on. */
export function diedOutcome(
  exit: ChildExit,
  { lines, isOutOfMemory }: LastWords,
  metrics: AttemptMetrics,
): AttemptFailure {
  if (exit.error) return unstartedOutcome(exit.error, metrics);
  if (isOutOfMemory) return outOfMemoryOutcome(metrics);
  if (exit.signal !== null) return lostOutcome(exit.signal, metrics);
  const message = `its process ended with exit code ${exit.code} before the component returned`;
  const hint = lines.at(-1) ?? 'A component must not call process.exit; return, or throw.';
  const details = { exitCode: exit.code, lastErrors: lines };
  return { status: 'failed', failure: { class: 'protocol', message, hint, details }, metrics };
}

function unstartedOutcome(error: Error, metrics: AttemptMetrics): AttemptFailure {
  const message = `could not start a process for it: ${error.message}`;
  const hint =
    diskHintOf((error as NodeJS.ErrnoException).code ?? '') ??
    'See how many processes this user may have (ulimit -u), and how much memory is left.';
  return { status: 'failed', failure: { class: 'infra', message, hint }, metrics };
}

function outOfMemoryOutcome(metrics: AttemptMetrics): AttemptFailure {
  const message = 'its process ran out of memory';
  const hint = 'Stream the data, or let context.sql() do the bulk work within its own memory limit.';
  return { status: 'failed', failure: { class: 'oom', message, hint }, metrics };
}

function lostOutcome(signal: NodeJS.Signals, metrics: AttemptMetrics): AttemptFailure {
  const message = `its process died of ${signal}`;
  const hint = 'Somebody killed it, or the system did: see the kernel log for the out-of-memory killer.';
  return { status: 'lost', failure: { class: 'lost', message, hint, details: { signal } }, metrics };
}
