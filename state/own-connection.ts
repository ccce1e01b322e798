import { Client } from 'pg';
import { databaseFailure } from './connection-error.ts';
import { type ConnectionLimits, withLimits } from './connection-settings.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { endClient } from './end-client.ts';

/** Of people's own statements, and of those that go through whole tables. */
const STATEMENT_MS = 600_000;

/** For work that would keep the writer and the readers waiting: a connection that ends with the call. */
export async function onOwnConnection<Result>(
  target: ConnectionTarget,
  { doing, ...limits }: Omit<ConnectionLimits, 'statementMs'> & { readonly doing: string },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let client: Client | undefined;
  try {
    client = new Client(withLimits(await target.config(), { ...limits, statementMs: STATEMENT_MS }));
    // What breaks while nobody asks anything is told to whoever asks next.
    client.on('error', () => undefined);
    await client.connect();
    return await work(client);
  } catch (error) {
    throw databaseFailure(error, target.place, doing);
  } finally {
    if (client) await endClient(client);
  }
}
