import type { AttemptFailure, AttemptMetrics } from '../../model/outcome.ts';
import type { ChildExit } from './child.ts';

const outOfMemory = /heap out of memory|Allocation failed - /;

/** What the death of a child means for the attempt it was working on. */
export function diedOutcome(exit: ChildExit, metrics: AttemptMetrics): AttemptFailure {
  if (exit.code === 134 || exit.lastErrors.some((line) => outOfMemory.test(line))) return outOfMemoryOutcome(metrics);
  if (exit.signal !== null) return lostOutcome(exit.signal, metrics);
  const message = `its process ended with exit code ${exit.code} before the component returned`;
  const hint = exit.lastErrors.at(-1) ?? 'A component must not call process.exit; return, or throw.';
  const details = { exitCode: exit.code, lastErrors: exit.lastErrors };
  return { status: 'failed', failure: { class: 'protocol', message, hint, details }, metrics };
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
