import type { Clock } from '../../model/ports.ts';
import type { StopCause } from '../../model/task.ts';
import type { Child } from './child.ts';
import { killEach, livingBearers, livingMembers, signalGroup } from './process-table.ts';

/** How long the proof of death may take; a process in uninterruptible sleep outlives every signal. */
const proofMs = 5_000;
const pollMs = 10;

/** Either everything is dead, or the pid of one that would not die. */
export interface Proof {
  readonly survivorPid?: number;
}

interface StopRequest {
  readonly cause: StopCause;
  readonly graceMs: number;
  readonly answered: Promise<unknown>;
  /** Once it aborts, no rung is waited on. */
  readonly hurry?: AbortSignal | undefined;
}

/**
 * The deadline ladder: abort signal with its reason → grace → SIGTERM to the group → grace → SIGKILL to the group → sweep
 * by token for what left the group. Returns when every process is proven dead, or when the proof itself took too long.
 */
export async function stopChild(child: Child, request: StopRequest, clock: Clock): Promise<Proof> {
  child.isClean = false;
  child.send({ type: 'stop', cause: request.cause });
  await withinGrace(Promise.race([request.answered, child.exited]), request, clock);
  signalGroup(child.pid, 'SIGTERM');
  await untilGone(child, request, clock);
  return killChild(child, clock);
}

/** The last rung, again at each look: something may have been started between the look and the kill. */
export async function killChild(child: Child, clock: Clock): Promise<Proof> {
  child.isClean = false;
  const startedMs = clock.monotonicMs();
  for (let living = survivors(child); living[0] !== undefined; living = survivors(child)) {
    if (clock.monotonicMs() - startedMs >= proofMs) return { survivorPid: living[0] };
    signalGroup(child.pid, 'SIGKILL');
    killEach(living);
    await clock.sleep(pollMs);
  }
  return {};
}

/** Not to be able to look proves nothing. */
function survivors(child: Child): readonly number[] {
  try {
    return [...livingMembers(child.pid), ...livingBearers(child.token)];
  } catch {
    return child.pid === 0 ? [] : [child.pid];
  }
}

async function untilGone(child: Child, request: StopRequest, clock: Clock): Promise<void> {
  const startedMs = clock.monotonicMs();
  const isOver = () => request.hurry?.aborted || clock.monotonicMs() - startedMs >= request.graceMs;
  while (survivors(child).length > 0 && !isOver()) await clock.sleep(pollMs);
}

async function withinGrace(done: Promise<unknown>, { graceMs, hurry }: StopRequest, clock: Clock): Promise<void> {
  const timer = new AbortController();
  const signals = hurry ? [timer.signal, hurry] : [timer.signal];
  await Promise.race([done, clock.sleep(graceMs, AbortSignal.any(signals))]);
  timer.abort();
}
