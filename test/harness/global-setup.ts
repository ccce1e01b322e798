import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { destroyEmbedded } from '../../state/embedded/destroy-embedded.ts';
import type { PostgresSource } from './postgres.ts';
import { temporaryRoot } from './temporary-root.ts';

/** Tells the test files where PostgreSQL is, and after the suite removes all that they made there. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const source = await chooseSource(process.env.DATABASE_URL);
  project.provide('postgres', source);
  return () => clearSource(source);
}

async function chooseSource(url: string | undefined): Promise<PostgresSource> {
  const suite = randomBytes(4).toString('hex');
  if (url) return { kind: 'url', url, suite };
  return { kind: 'embedded', home: await mkdtemp(join(temporaryRoot(), 'signalbox-suite-')), suite };
}

async function clearSource(source: PostgresSource): Promise<void> {
  if (source.kind === 'url') return dropSuiteDatabases(source.url, source.suite);
  await destroyEmbedded({ home: source.home, force: true });
  await rm(source.home, { recursive: true, force: true });
}

async function dropSuiteDatabases(url: string, suite: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`signalbox_test_${suite}_`],
    );
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
