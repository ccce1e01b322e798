import { randomBytes } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import { inject } from 'vitest';
import { openEmbedded } from '../../state/embedded/open-embedded.ts';
import { migrate } from '../../state/migrations/migrate.ts';

/** Where this suite's databases live: DATABASE_URL, else one embedded server in a home of the suite's own. */
export type PostgresSource =
  | { readonly kind: 'url'; readonly url: string; readonly suite: string }
  | { readonly kind: 'embedded'; readonly home: string; readonly suite: string };

declare module 'vitest' {
  export interface ProvidedContext {
    readonly postgres: PostgresSource;
  }
}

export interface TestDatabase {
  /** Usable as it is as the configuration of a `pg` client or pool. */
  readonly config: ClientConfig;
  readonly url: string;
  drop(): Promise<void>;
}

const TEMPLATE_LOCK_KEY = 7_410_001;
const LIMITS = { connectionTimeoutMillis: 10_000, query_timeout: 60_000 };

/**
 * One database for a test file, copied from the template. The server is started by the first file that asks, so that
 * suites without a database do not pay for one; it ends with the suite, in `global-setup.ts`.
 */
export async function createDatabase(template?: string): Promise<TestDatabase> {
  const server = await serverConfig();
  const source = template ?? (await prepareTemplate());
  const name = `${suitePrefix()}${randomBytes(6).toString('hex')}`;
  await runOn(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY wal_log`));
  const config = { ...server, database: name };
  return { config, url: urlOf(config), drop: () => dropDatabase(server, name) };
}

/**
 * Makes the suite's template once, whichever test file comes first, and returns its name. It takes that name only when
 * it is whole: a migration that fails leaves no template behind, so every file that asks reports the failure.
 */
async function prepareTemplate(): Promise<string> {
  const server = await serverConfig();
  const name = `${suitePrefix()}template`;
  await runOn(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK_KEY]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    const unfinished = `${name}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`);
    await runOn({ ...server, database: unfinished }, migrate);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  });
  return name;
}

let opened: Promise<ClientConfig> | undefined;

/** Never closed here: the server has to outlive each test file, and `global-setup.ts` stops it. */
function serverConfig(): Promise<ClientConfig> {
  opened ??= openSource(inject('postgres'));
  return opened;
}

async function openSource(source: PostgresSource): Promise<ClientConfig> {
  if (source.kind === 'embedded') return (await openEmbedded({ home: source.home })).connection;
  const { host, port, user, password, database, ssl } = new Client({ connectionString: source.url });
  return { host, port, user, password, database, ssl };
}

function suitePrefix(): string {
  return `signalbox_test_${inject('postgres').suite}_`;
}

async function dropDatabase(server: ClientConfig, name: string): Promise<void> {
  await runOn(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

async function runOn<Result>(config: ClientConfig, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ ...config, ...LIMITS });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The host goes into the query: a socket folder cannot stand before the path of a URL. */
function urlOf({ host, port, user, password, database }: ClientConfig): string {
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  const place = new URLSearchParams({ host: host ?? 'localhost', port: String(port ?? 5432) });
  return `postgres://${encodeURIComponent(user ?? '')}${secret}@localhost/${database}?${place.toString()}`;
}
