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
    const { url, headers } = requestOf(address);
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(deadlineMs) });
    await answer.body?.cancel();
    if (!answer.ok) terminal.err(`signalbox: the ping to ${host} was answered with status ${answer.status}\n`);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    terminal.err(`signalbox: the ping to ${host} failed: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
}

/** `fetch` refuses a name and a password in an address, and its complaint would show both. */
function requestOf(address: string) {
  const url = new URL(address);
  const { username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { url, headers: credentials === ':' ? {} : { authorization } };
}
