import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** A point on the monotonic clock, with the caller's wish to stop: every wait of this folder is held by one. */
export interface Deadline {
  readonly signal: AbortSignal | undefined;
  isOver(): boolean;
}

export function createDeadline(limitMs: number, signal?: AbortSignal): Deadline {
  const endMs = performance.now() + limitMs;
  return { signal, isOver: () => performance.now() >= endMs };
}

export async function pause(durationMs: number, deadline: Deadline): Promise<void> {
  const { signal } = deadline;
  try {
    await sleep(durationMs, undefined, signal ? { signal } : {});
  } catch (error) {
    // The caller wants the reason of its own signal, not the timer's AbortError around it.
    signal?.throwIfAborted();
    throw error;
  }
}

/** True once the condition holds, false when the deadline passed first. */
export async function waitUntil(isMet: () => boolean, deadline: Deadline, everyMs = 5): Promise<boolean> {
  while (!isMet()) {
    if (deadline.isOver()) return false;
    await pause(everyMs, deadline);
  }
  return true;
}
