import type { Dag } from '../model/component.ts';
import type { ProbeResult } from '../model/evidence.ts';
import type { Outcome } from '../model/outcome.ts';
import { stoppedOutcome } from '../model/stopped.ts';
import type { AttemptControl, AttemptTask, StopCause, Workplace, Workshop } from '../model/task.ts';
import type { Channel } from './channel.ts';
import { glance } from './glance.ts';
import { perform, probe } from './perform.ts';

/**
 * Attempts in this very process, for trusted small functions and tests. A function that ignores its signal cannot be
 * stopped here: its attempt is recorded as timed out after the grace, and the work itself is left behind.
 */
export function createInlineWorkshop(dag: Dag): Workshop {
  const workplace: Workplace = {
    probe: (task, control) => guarded(control, (signal) => probeInline(dag, task, control, signal), probeStopped),
    attempt: (task, control) => guarded(control, (signal) => attemptInline(dag, task, control, signal), attemptStopped),
    release: () => Promise.resolve(),
  };
  return {
    glance: (task) => glance(dag, task),
    open: () => Promise.resolve(workplace),
    close: () => Promise.resolve(),
  };
}

function probeInline(dag: Dag, task: AttemptTask, control: AttemptControl, signal: AbortSignal): Promise<ProbeResult> {
  return probe({ dag, task, channel: channelOf(control), signal, ownsProcess: false });
}

function attemptInline(dag: Dag, task: AttemptTask, control: AttemptControl, signal: AbortSignal): Promise<Outcome> {
  return perform({ dag, task, channel: channelOf(control), signal, ownsProcess: false });
}

function channelOf(control: AttemptControl): Channel {
  const { onLog: log, onProgress: progress, quota } = control;
  return { log, progress, ...(quota ? { quota } : {}) };
}

/** Runs the work under its deadline; when that or the run's stop comes first, waits out the grace and gives up on it. */
async function guarded<Result>(
  control: AttemptControl,
  work: (signal: AbortSignal) => Promise<Result>,
  stopped: (cause: StopCause, control: AttemptControl) => Result,
): Promise<Result> {
  const abort = new AbortController();
  let cause: StopCause | undefined;
  let giveUp: (() => void) | undefined;
  let graceTimer: NodeJS.Timeout | undefined;
  const gaveUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const stop = (why: StopCause) => {
    if (cause) return;
    cause = why;
    abort.abort(new Error(`stopped: ${why}`));
    graceTimer = setTimeout(() => giveUp?.(), control.hurry?.aborted ? 0 : control.graceMs);
    control.hurry?.addEventListener('abort', () => giveUp?.(), { once: true });
  };
  const onRunStop = () => stop(control.signal.reason as StopCause);
  const deadline = setTimeout(() => stop('component_timeout'), Math.min(control.timeoutMs, 2 ** 31 - 1));
  control.signal.addEventListener('abort', onRunStop, { once: true });
  if (control.signal.aborted) onRunStop();
  try {
    const result = await Promise.race([work(abort.signal), gaveUp]);
    return cause === undefined && result !== undefined ? result : stopped(cause ?? 'component_timeout', control);
  } finally {
    clearTimeout(deadline);
    clearTimeout(graceTimer);
    control.signal.removeEventListener('abort', onRunStop);
  }
}

function probeStopped(cause: StopCause): ProbeResult {
  return { known: false, message: `the probe was stopped: ${cause}` };
}

function attemptStopped(cause: StopCause, control: AttemptControl): Outcome {
  return stoppedOutcome(cause, control.timeoutMs, { wallMs: 0 });
}
