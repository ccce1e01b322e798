import type { Client } from 'pg';
import { SERVER_USER } from './data-folder.ts';
import { createDeadline, pause } from './deadline.ts';
import { errorCode, errorText } from './embedded-error.ts';
import { SOCKET_PORT } from './layout.ts';

/** Usable as it is as the configuration of a `pg` client. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: 'postgres';
  /** Said outright: PGSSLMODE in the environment would make `pg` ask a Unix socket for TLS. */
  readonly ssl: false;
}

/** "signalbo" in ASCII: any number does, as long as every release uses the same. */
const LIFETIME_LOCK_KEY = '8316291910694888047';

const CONNECT_LIMIT_MS = 5_000;
const QUERY_LIMIT_MS = 10_000;
const END_LIMIT_MS = 2_000;

/** Server starting, stopping, crashed, full; socket absent or without a listener; connection cut while opening. */
const PASSING_CODES = new Set(['57P01', '57P02', '57P03', '53300', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** `pg` has these two, its types do not. */
declare module 'pg' {
  interface Client {
    ref(): void;
    unref(): void;
  }
}

export function connectionTo(socketDir: string): EmbeddedConnection {
  return { host: socketDir, port: SOCKET_PORT, user: SERVER_USER, database: 'postgres', ssl: false };
}

/** Errors that `pg` gives no code. */
const PASSING_TEXT = /^(Connection terminated|Query read timeout|timeout expired|timeout exceeded)/;

/** Whether this error means "not now" (ask again), or on the way out "somebody else stopped the server". */
export function isPassing(error: unknown): boolean {
  return PASSING_CODES.has(errorCode(error) ?? '') || PASSING_TEXT.test(errorText(error));
}

/** The connection that holds nothing but the lifetime lock. It never keeps the process running by itself. */
export class LockConnection {
  readonly #client: Client;
  #isBroken = false;

  constructor(client: Client) {
    this.#client = client;
    const markBroken = () => {
      this.#isBroken = true;
    };
    client.on('error', markBroken);
    client.on('end', markBroken);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Waits while another process that was the last one decides; if that stops the server, this fails as passing. */
  async share(): Promise<void> {
    await this.#client.query('SELECT pg_advisory_lock_shared($1)', [LIFETIME_LOCK_KEY]);
    this.#client.unref();
  }

  async unshare(): Promise<void> {
    this.#client.ref();
    await this.#client.query('SELECT pg_advisory_unlock_shared($1)', [LIFETIME_LOCK_KEY]);
  }

  /** True when no process shares the lock any more; then nobody can share it until this connection ends. */
  async tryTakeAlone(): Promise<boolean> {
    const { rows } = await this.#client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      LIFETIME_LOCK_KEY,
    ]);
    return rows[0]?.taken === true;
  }

  /** Connections besides this one, and how many of them wait for a lock as a process that opens does. */
  async countOthers(): Promise<{ connected: number; waiting: number }> {
    const { rows } = await this.#client.query<{ connected: number; waiting: number }>(
      `SELECT count(*)::int AS connected,
              (count(*) FILTER (WHERE wait_event_type = 'Lock' AND wait_event = 'advisory'))::int AS waiting
       FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rows[0] ?? { connected: 0, waiting: 0 };
  }

  /** How many connections share the lock: one for each process that uses the server. */
  async countSharers(): Promise<number> {
    const { rows } = await this.#client.query<{ sharers: number }>(
      `SELECT count(*)::int AS sharers FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
         AND (classid::bigint << 32) | objid::bigint = $1::bigint`,
      [LIFETIME_LOCK_KEY],
    );
    return rows[0]?.sharers ?? 0;
  }

  /** Bounded: a server that is stopped or hangs never confirms the end. */
  async end(): Promise<void> {
    const ended = this.#client.end().catch(() => undefined);
    const giveUp = new AbortController();
    await Promise.race([
      ended,
      pause(END_LIMIT_MS, createDeadline(END_LIMIT_MS, giveUp.signal)).catch(() => undefined),
    ]);
    giveUp.abort();
    this.#client.unref();
  }
}

export async function connectForLock(connection: EmbeddedConnection): Promise<LockConnection> {
  const pg = await import('pg');
  const client: Client = new pg.Client({
    ...connection,
    application_name: 'signalbox lock',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
  });
  const lockConnection = new LockConnection(client);
  try {
    await client.connect();
  } catch (error) {
    await lockConnection.end();
    throw error;
  }
  return lockConnection;
}
