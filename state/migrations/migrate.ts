import type { Client, QueryConfig } from 'pg';
import { infraFailure } from '../../engine/model/failure.ts';
import { inTransaction } from '../session.ts';
import { type Migration, migrations, newestVersion } from './migrations.ts';

/** "signalbox migrate", in a number: any will do, as long as every release uses the same. */
const MIGRATION_LOCK = '8316291910694888048';
const FLOOR = 15;
/** Others may be building a large index; the server's own limits are set for short statements. */
const LIMITS = "set local statement_timeout = '10min'; set local lock_timeout = '5min'";
const CLIENT_LIMIT_MS = 610_000;

export interface MigrationStatus {
  /** 0 where nothing was migrated yet. */
  readonly version: number;
  readonly newest: number;
  readonly pending: readonly string[];
  readonly applied: readonly { readonly version: number; readonly name: string; readonly appliedAt: Date }[];
}

/** Brings the schema up to date. One cheap query when it is. */
export async function migrate(client: Client): Promise<void> {
  const version = await readVersion(client);
  if (version === newestVersion) return;
  await requireFloor(client);
  refuseNewer(version);
  for (const migration of migrations) await apply(client, migration);
}

export async function readMigrationStatus(client: Client): Promise<MigrationStatus> {
  const version = await readVersion(client);
  const { rows } =
    version === 0
      ? { rows: [] }
      : await client.query<MigrationStatus['applied'][number]>(
          'select version, name, applied_at as "appliedAt" from signalbox.migration order by version',
        );
  const pending = migrations.filter((migration) => migration.version > version).map(({ name }) => name);
  return { version, newest: newestVersion, pending, applied: rows };
}

/** Removes everything that the engine recorded in this database. */
export async function dropSchema(client: Client): Promise<void> {
  await inTransaction(client, () => query(client, 'drop schema if exists signalbox cascade'), beginMigration());
}

/** A missing table is a fact here, not an error; asking the catalogue first would cost the usual case a second query. */
async function readVersion(client: Client): Promise<number> {
  try {
    const { rows } = await client.query<{ version: number | null }>(
      'select max(version) as version from signalbox.migration',
    );
    return rows[0]?.version ?? 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000')) return 0;
    throw error;
  }
}

/** In the caller's transaction, which `beginMigration` began: what brings a schema from one version to another. */
export async function layTables(client: Client, fromVersion: number, toVersion: number): Promise<void> {
  await query(client, 'create schema if not exists signalbox');
  await query(client, migrationTable);
  for (const migration of migrations) {
    if (migration.version > fromVersion && migration.version <= toVersion) await lay(client, migration);
  }
}

async function lay(client: Client, { version, name, sql }: Migration): Promise<void> {
  await query(client, sql);
  await client.query('insert into signalbox.migration (version, name) values ($1, $2)', [version, name]);
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const work = async () => {
    await query(client, 'create schema if not exists signalbox');
    await query(client, migrationTable);
    const { rows } = await client.query<{ version: number }>('select version from signalbox.migration');
    const applied = new Set(rows.map((row) => row.version));
    refuseNewer(Math.max(0, ...applied));
    if (!applied.has(migration.version)) await lay(client, migration);
  };
  await inTransaction(client, work, beginMigration());
}

const migrationTable = `
create table if not exists signalbox.migration (
  version integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
)`;

/** Everything else of a migration comes after the lock: eight engines that start at once migrate once. */
/** `pg` takes this key with a query, its types know it of a connection only. */
interface TimedQuery extends QueryConfig {
  readonly query_timeout: number;
}

export function beginMigration(): TimedQuery {
  return { text: `begin; ${LIMITS}; select pg_advisory_xact_lock(${MIGRATION_LOCK})`, query_timeout: CLIENT_LIMIT_MS };
}

async function query(client: Client, text: string): Promise<void> {
  const timed: TimedQuery = { text, query_timeout: CLIENT_LIMIT_MS };
  await client.query(timed);
}

function refuseNewer(version: number): void {
  if (version <= newestVersion) return;
  throw infraFailure(
    `expected a database of schema version ${newestVersion} or older, got version ${version}: a newer Signalbox has used it`,
    { hint: 'Update this installation, or name another database in DATABASE_URL.', retryable: false },
  );
}

async function requireFloor(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
    "select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version",
  );
  const server = rows[0];
  if (server && Number(server.server_version_num) >= FLOOR * 10_000) return;
  throw infraFailure(`expected PostgreSQL ${FLOOR} or newer, got ${server?.server_version ?? 'an unknown version'}`, {
    hint: `Name a PostgreSQL ${FLOOR} or newer in DATABASE_URL, or unset it to use the embedded one.`,
    retryable: false,
  });
}
