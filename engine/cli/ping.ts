import type { Terminal } from './terminal.ts';

/** Longer than any answer of a service for that, and no longer than the next tick may wait. */
const deadlineMs = 10_000;

/**
 * Tells a dead-man's switch that the tick came to its end: it raises the alarm when it is not told. A switch that is out of
 * reach is said on stderr and changes nothing else. The address may hold a key, so that only its host is shown.
 */
export async function ping(address: string, terminal: Terminal): Promise<void> {
  const { host } = new URL(address);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(deadlineMs) });
    await answer.body?.cancel();
    if (!answer.ok) terminal.err(`signalbox: the ping to ${host} was answered with status ${answer.status}\n`);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    terminal.err(`signalbox: the ping to ${host} failed: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
}
