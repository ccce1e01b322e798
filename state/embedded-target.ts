import { Client } from 'pg';
import { isMissingDatabase } from './connection-error.ts';
import { withLimits } from './connection-settings.ts';
import { type ConnectionTarget, placeOf } from './connection-target.ts';
import type { EmbeddedServer } from './embedded/open-embedded.ts';

const DATABASE = 'signalbox';
const STATEMENT_MS = 30_000;
/** By bytes, as on every other server: the order of names must not hang on the machine's locale. */
const CREATE = `create database ${DATABASE} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`;
const ALREADY_THERE = new Set(['42P04', '23505']);

/** The engine's own database in the embedded server. The lifetime lock is held before any connection is used. */
export function embeddedTarget(server: EmbeddedServer): ConnectionTarget {
  const config = () => ({ ...server.connection, database: DATABASE });
  return {
    place: placeOf(config()),
    config: async () => {
      await server.ensureLocked();
      return config();
    },
  };
}

/** Tries the usual case first: only the first run of a home finds no database. */
export async function withDatabase<Result>(server: EmbeddedServer, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    if (!isMissingDatabase(error)) throw error;
    await createDatabase(server);
    return await open();
  }
}

async function createDatabase({ connection }: EmbeddedServer): Promise<void> {
  const client = new Client(withLimits(connection, { role: 'create', statementMs: STATEMENT_MS }));
  try {
    await client.connect();
    await client.query(CREATE);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!ALREADY_THERE.has(code)) throw error;
  } finally {
    await client.end();
  }
}
