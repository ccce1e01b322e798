import type { Kysely } from 'kysely';
import type { Client } from 'pg';
import type { AdoptionStore } from '../engine/model/adoption.ts';
import type { BackfillStore } from '../engine/model/backfill.ts';
import type { MemoryKeeper } from '../engine/model/memory-change.ts';
import type { MemoryStore, OwnerStore, RunStore } from '../engine/model/ports.ts';
import type { QuotaStore } from '../engine/model/quota.ts';
import type { RunKeeper } from '../engine/model/run-keeper.ts';
import type { SlotStore } from '../engine/model/slot-store.ts';
import { createAdoptionStore } from './adoption.ts';
import { createBackfillStore } from './backfills.ts';
import { databaseFailure, isBusy } from './connection-error.ts';
import { type ConnectionTarget, urlTarget } from './connection-target.ts';
import { type Deadlines, deadlines as usual } from './deadlines.ts';
import { embeddedTarget, withDatabase } from './embedded-target.ts';
import { createHistory, type History } from './history/history.ts';
import { createMemoryStore } from './memory.ts';
import { createMemoryKeeper } from './memory-keeper.ts';
import { dropSchema, type MigrationStatus, migrate, readMigrationStatus } from './migrations/migrate.ts';
import { onOwnConnection } from './own-connection.ts';
import { createOwnerStore } from './owners.ts';
import { Patience } from './patience.ts';
import { PatientSession } from './patient-session.ts';
import { createQuotaStore } from './quotas.ts';
import { openReadDatabase } from './read-database.ts';
import { createRunKeeper } from './run-keeper.ts';
import { createRunStore } from './run-store.ts';
import type { Schema } from './schema.ts';
import { Session } from './session.ts';
import { runSql, type SqlResult } from './shell.ts';
import { createSlotStore } from './slots.ts';
import { Trouble } from './trouble.ts';
import { retryWhileAway } from './writer/retry.ts';
import { Writer } from './writer/writer.ts';

export interface OpenStateOptions {
  /** The absolute `.signalbox` folder; holds the embedded database when there is no URL. */
  readonly home: string;
  /** PostgreSQL 15 or newer. */
  readonly databaseUrl?: string;
  /** Default true. False for those who only want to look at what is there. */
  readonly migrate?: boolean;
  /** Hears a sentence when the database is away, now and then while it stays so, and when it is back. */
  readonly onTrouble?: (line: string) => void;
  readonly deadlines?: Partial<Deadlines>;
  /** How long an owner is taken for alive that says nothing; default 60 s. */
  readonly leaseMs?: number;
}

/** All that the engine remembers, open. At most four connections: writer, reader, renewal of the lease, the embedded server's lock. */
export interface State {
  /** `host:port/database`, without user and password. */
  readonly place: string;
  readonly runs: RunStore;
  readonly memory: MemoryStore;
  readonly owners: OwnerStore;
  readonly slots: SlotStore;
  readonly quotas: QuotaStore;
  readonly backfills: BackfillStore;
  readonly keeper: MemoryKeeper;
  readonly runKeeper: RunKeeper;
  readonly adoption: AdoptionStore;
  readonly history: History;
  readonly database: Kysely<Schema>;
  migrate(): Promise<void>;
  migrationStatus(): Promise<MigrationStatus>;
  /** Removes all that was recorded in this database, and lays the empty tables. */
  reset(): Promise<void>;
  /** Runs SQL text of the user's, several statements if need be, on a connection of its own. */
  sql(text: string): Promise<readonly SqlResult[]>;
  /** Lends a connection of its own to long work of people who keep house; `doing` goes on "expected the database to …". */
  upkeep<Result>(doing: string, work: (client: Client) => Promise<Result>): Promise<Result>;
  /** Waits for what is being recorded. The last process out stops the embedded server. */
  close(): Promise<void>;
}

/**
 * The writer's statements are all look-ups by key: planned once, never by scan or hash, whatever the statistics say.
 * Left to itself the planner scanned all claims for a batch of one while the tables were still small.
 */
const WRITER_LIMITS = {
  role: 'writer',
  settings: {
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
  },
};

const LEASE_MS = 60_000;

/** Opens the state, brings its schema up to date, and throws an infra FailureError that names the place otherwise. */
export async function openState(options: OpenStateOptions): Promise<State> {
  const isMigrating = options.migrate ?? true;
  const ready = (client: Client) => (isMigrating ? migrate(client) : Promise.resolve());
  const { onTrouble = () => {}, leaseMs = LEASE_MS } = options;
  const terms = { ...usual, ...options.deadlines, onTrouble, leaseMs };
  if (options.databaseUrl !== undefined) return openUrl(options.databaseUrl, ready, terms);
  const { openEmbedded } = await import('./embedded/open-embedded.ts');
  const server = await openEmbedded({ home: options.home });
  const target = embeddedTarget(server);
  const session = openSession(target, terms);
  try {
    await withDatabase(server, () => letIn(session, ready, terms));
  } catch (error) {
    await session.close();
    await server.close();
    throw databaseFailure(error, target.place, 'be ready');
  }
  return assemble(target, session, terms, () => server.close());
}

interface Terms extends Deadlines {
  readonly leaseMs: number;
  readonly onTrouble: (line: string) => void;
}

function openSession(target: ConnectionTarget, { connectMs, answerMs, endMs, writeMs }: Terms): Session {
  return new Session(target, { ...WRITER_LIMITS, connectMs, answerMs, endMs, statementMs: writeMs });
}

async function openUrl(databaseUrl: string, ready: (client: Client) => Promise<void>, terms: Terms): Promise<State> {
  const target = urlTarget(databaseUrl);
  const session = openSession(target, terms);
  try {
    await letIn(session, ready, terms);
  } catch (error) {
    await session.close();
    throw databaseFailure(error, target.place, 'be ready');
  }
  return assemble(target, session, terms, () => Promise.resolve());
}

/** A server that starts, or has no connection to spare, is waited for; one that is not there is told of at once. */
function letIn(session: Session, ready: (client: Client) => Promise<void>, terms: Terms): Promise<void> {
  const sinceMs = performance.now();
  const trouble = new Trouble({ place: session.place, everyMs: terms.tellMs, tell: terms.onTrouble });
  return retryWhileAway(() => session.exclusive(ready), {
    isAway: isBusy,
    endMs: () => sinceMs + terms.retryMs,
    onAway: (error, tries) => trouble.away(error, 'let this process in', { tries, sinceMs }),
  });
}

function assemble(target: ConnectionTarget, session: Session, terms: Terms, closeServer: () => Promise<void>): State {
  const trouble = new Trouble({ place: target.place, everyMs: terms.tellMs, tell: terms.onTrouble });
  const patience = new Patience(terms.retryMs);
  const patient = new PatientSession(session, patience, trouble);
  const writer = new Writer(patient);
  const database = openReadDatabase(target, terms);
  const maintain = async <Result>(doing: string, work: (client: Client) => Promise<Result>): Promise<Result> => {
    try {
      return await session.exclusive(work);
    } catch (error) {
      throw databaseFailure(error, target.place, doing);
    }
  };
  return {
    place: target.place,
    runs: createRunStore(writer, patience),
    memory: createMemoryStore(patient),
    owners: createOwnerStore(writer, target, terms),
    slots: createSlotStore(writer),
    quotas: createQuotaStore(session),
    backfills: createBackfillStore(writer),
    keeper: createMemoryKeeper(writer),
    runKeeper: createRunKeeper(writer),
    adoption: createAdoptionStore(writer, patience),
    history: createHistory(database),
    database,
    migrate: () => maintain('be migrated', migrate),
    migrationStatus: () => maintain('tell its version', readMigrationStatus),
    reset: () => maintain('be reset', (client) => dropSchema(client).then(() => migrate(client))),
    sql: (text) => runSql(target, text),
    upkeep: (doing, work) => onOwnConnection(target, { role: 'upkeep', doing }, work),
    close: async () => {
      patience.close(terms.closeMs);
      await writer.close();
      await session.close();
      await database.destroy();
      await closeServer();
    },
  };
}
