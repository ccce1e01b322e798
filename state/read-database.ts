import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { isConnectionLost } from './connection-error.ts';
import { withLimits } from './connection-settings.ts';
import type { ConnectionTarget } from './connection-target.ts';
import type { Deadlines } from './deadlines.ts';
import type { Schema } from './schema.ts';

const CONNECTIONS = 1;

/** What people and pages read. No connection is made before the first question. */
export function openReadDatabase(target: ConnectionTarget, deadlines: Deadlines): Kysely<Schema> {
  const pool = async (): Promise<PostgresPool> => createPool(await target.config(), target, deadlines);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }).withSchema('signalbox');
}

function createPool(
  config: ClientConfig,
  target: ConnectionTarget,
  { readMs, connectMs, answerMs }: Deadlines,
): PostgresPool {
  const limits = withLimits(config, { role: 'read', statementMs: readMs, connectMs, answerMs });
  const pool = new Pool({ ...limits, max: CONNECTIONS, allowExitOnIdle: true });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return {
    connect: async () => {
      await target.config();
      return guard(await pool.connect());
    },
    end: () => pool.end(),
  };
}

/** A connection that a deadline left with a running query must not serve the next question. */
function guard(client: PoolClient): PostgresPoolClient {
  let lost: Error | undefined;
  const query = async (...question: unknown[]): Promise<unknown> => {
    try {
      return await (client.query as (...question: unknown[]) => Promise<unknown>).apply(client, question);
    } catch (error) {
      if (isConnectionLost(error)) lost = error as Error;
      throw error;
    }
  };
  return { query: query as PostgresPoolClient['query'], release: () => client.release(lost) };
}
