import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { deadlines } from './deadlines.ts';

/**
 * Ends a connection, in good order if the server answers in time: one that is stopped, or that no longer hears us, would
 * keep whoever waits for that for ever. `end` itself cuts the socket at once when a query is still out.
 */
export async function endClient(client: Client, endMs = deadlines.endMs): Promise<void> {
  const answered = new AbortController();
  const ended = client.end().catch(() => undefined);
  const late = sleep(endMs, undefined, { signal: answered.signal }).catch(() => undefined);
  await Promise.race([ended, late]);
  answered.abort();
  client.connection.stream.destroy();
}
