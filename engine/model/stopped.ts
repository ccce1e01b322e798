import { formatDuration } from './duration.ts';
import type { AttemptFailure, AttemptMetrics } from './outcome.ts';
import type { StopCause } from './task.ts';
import { unreachable } from './unreachable.ts';

/** The outcome of an attempt that was stopped before it ended by itself. */
export function stoppedOutcome(cause: StopCause, timeoutMs: number, metrics: AttemptMetrics): AttemptFailure {
  switch (cause) {
    case 'component_timeout': {
      const message = `did not end within its timeout of ${formatDuration(timeoutMs)}`;
      const hint = 'Raise `timeout` of the component, or see in its log what it was waiting for.';
      return { status: 'timed_out', failure: { class: 'timeout', message, hint }, metrics };
    }
    case 'run_timeout': {
      const message = 'was stopped because the run reached its timeout';
      const hint = 'Raise `timeout` of the DAG, or run fewer components at once.';
      return { status: 'timed_out', failure: { class: 'timeout', message, hint, retryable: false }, metrics };
    }
    case 'interrupted':
      return {
        status: 'interrupted',
        failure: { class: 'infra', message: 'was stopped by a signal to the engine' },
        metrics,
      };
    case 'cancelled':
      return { status: 'cancelled', failure: { class: 'infra', message: 'was cancelled' }, metrics };
    case 'after_failure': {
      const message = 'was stopped because another component of the run had failed';
      const hint = "Its DAG, environment or --fail-fast says so: failurePolicy 'abort'.";
      return { status: 'cancelled', failure: { class: 'infra', message, hint }, metrics };
    }
    default:
      return unreachable(cause);
  }
}
