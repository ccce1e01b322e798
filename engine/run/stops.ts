import { setMaxListeners } from 'node:events';
import type { Clock } from '../model/ports.ts';
import type { StopCause } from '../model/task.ts';
import { unreachable } from '../model/unreachable.ts';
import type { RunRequest } from './ports.ts';

/** How a run comes to its end before its time, in two steps. Both signals have a StopCause as their reason. */
export interface Stops {
  /** From then on no attempt begins. */
  readonly closed: AbortSignal;
  /** What is at work is stopped; never before `closed`. */
  readonly stop: AbortSignal;
  /** Both at once. */
  readonly end: (cause: StopCause) => void;
  /** A component has failed for good: the run's policy says what becomes of the others. */
  readonly onFailure: () => void;
}

/** Until `over`. The deadline and a cancellation end the run at once; an interruption lets what is at work end, for a grace. */
export function openStops(request: RunRequest, clock: Clock, over: AbortSignal): Stops {
  const closing = new AbortController();
  const stopping = new AbortController();
  // Every attempt, wait and retry of the run listens to them; Node would take that for a leak.
  for (const { signal } of [closing, stopping]) setMaxListeners(0, signal);
  const close = (cause: StopCause) => closing.abort(cause);
  const end = (cause: StopCause) => {
    close(cause);
    stopping.abort(cause);
  };
  const { signal, settings } = request;
  const onOutside = async () => {
    const cause = signal.reason as StopCause;
    close(cause);
    if (cause === 'interrupted') await clock.sleep(settings.graceMs, either(over, request.hurry));
    if (!over.aborted) end(cause);
  };
  signal.addEventListener('abort', () => void onOutside(), { once: true, signal: over });
  if (signal.aborted) void onOutside();
  void clock.sleep(settings.timeoutMs, over).then(() => over.aborted || end('run_timeout'));
  return { closed: closing.signal, stop: stopping.signal, end, onFailure: () => onFailure(settings, close, end) };
}

function onFailure(
  { failurePolicy }: RunRequest['settings'],
  close: (cause: StopCause) => void,
  end: (cause: StopCause) => void,
): void {
  switch (failurePolicy) {
    case 'continue':
      return;
    case 'stop_new':
      close('after_failure');
      return;
    case 'abort':
      end('after_failure');
      return;
    default:
      unreachable(failurePolicy);
  }
}

function either(over: AbortSignal, hurry: AbortSignal | undefined): AbortSignal {
  return hurry ? AbortSignal.any([over, hurry]) : over;
}
