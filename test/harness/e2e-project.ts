import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import type { RunEvent } from '../../engine/model/event.ts';
import type { RunSummary } from '../../engine/model/summary.ts';
import { destroyEmbedded } from '../../state/embedded/destroy-embedded.ts';
import { openEmbedded } from '../../state/embedded/open-embedded.ts';
import { embeddedTarget } from '../../state/embedded-target.ts';
import { checkInvariants } from '../../state/invariants/check-invariants.ts';
import { openState } from '../../state/open-state.ts';
import { type AuthorFolder, authorFolder } from './dag-folder.ts';
import { type EngineExit, type EngineOptions, type RunningEngine, runEngine, startEngine } from './engine.ts';
import { createDatabase, type TestDatabase } from './postgres.ts';
import { temporaryRoot } from './temporary-root.ts';

type Variables = NonNullable<EngineOptions['env']>;

/** What `engine run --output json` printed. */
export interface ToldRun {
  readonly exit: EngineExit;
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  /** Component → how it ended, `success` or the like. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Component → the word that says why. */
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * `node engine …` as a person has it: a home of its own with the embedded server in it, or a database of its own where
 * DATABASE_URL names a server.
 */
export interface EndToEndProject {
  readonly home: string;
  /** The folder with `dags/`. */
  readonly root: string;
  engine(args: readonly string[], env?: Variables): Promise<EngineExit>;
  start(args: readonly string[], env?: Variables): RunningEngine;
  /** `engine run …args --output json`, to its end. */
  run(args: readonly string[], env?: Variables): Promise<ToldRun>;
  /** Rows of a query, in schema `signalbox` unless it says otherwise. */
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** What must not be of its records, its processes and the files of this environment; all has come to rest. */
  violations(environment: string): Promise<readonly string[]>;
  /** Writes a file of the project; only in a project of an author's own. */
  write(path: string, content: string): string;
  remove(): Promise<void>;
}

export interface EndToEndOptions {
  /** `checkout`: this very project with its DAGs. `author`: an empty project somewhere else. */
  readonly project: 'checkout' | 'author';
  readonly env?: Variables;
  /** Keeps the embedded server up between commands: quicker, where its coming and going is not what is tested. */
  readonly holdServer?: boolean;
}

export async function endToEndProject({
  project,
  env = {},
  holdServer = false,
}: EndToEndOptions): Promise<EndToEndProject> {
  const home = realpathSync(mkdtempSync(join(temporaryRoot(), 'signalbox-e2e-')));
  const author = project === 'author' ? authorFolder() : undefined;
  author?.write('package.json', '{ "type": "module" }');
  const database = inject('postgres').kind === 'url' ? await createDatabase() : undefined;
  const held = holdServer && !database ? await openEmbedded({ home }) : undefined;
  const options = (more: Variables = {}): EngineOptions => ({
    cwd: author?.root ?? projectRoot,
    home,
    env: { ...withoutOwnVariables(), DATABASE_URL: database?.url, ...env, ...more },
  });
  return {
    home,
    root: author?.root ?? projectRoot,
    engine: (args, more) => runEngine(args, options(more)),
    start: (args, more) => startEngine(args, options(more)),
    run: async (args, more) => toldRun(await runEngine(['run', ...args, '--output', 'json'], options(more))),
    rows: (sql, values) => queryRows(home, database, sql, values),
    violations: (environment) => violationsOf(home, database, environment),
    write: (path, content) => writeTo(author, path, content),
    remove: async () => {
      await held?.close();
      if (database) await database.drop();
      else await destroyEmbedded({ home, force: true });
      author?.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What whoever runs the tests has set for themselves. */
function withoutOwnVariables(): Variables {
  const own = Object.keys(process.env).filter((name) => /^(SIGNALBOX|PTV|TRANSPORT_VIC)_/.test(name));
  return Object.fromEntries(own.map((name) => [name, undefined]));
}

function writeTo(author: AuthorFolder | undefined, path: string, content: string): string {
  if (!author) throw new Error('tests do not write into the checkout');
  return author.write(path, content);
}

export function toldRun(exit: EngineExit): ToldRun {
  const documents = exit.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent | (RunSummary & { readonly type: 'summary' }));
  const summary = documents.at(-1);
  if (summary?.type !== 'summary') throw new Error(`expected a summary, got ${exit.code}: ${exit.stderr}`);
  const ends = summary.components;
  return {
    exit,
    summary,
    events: documents.filter((document): document is RunEvent => document.type !== 'summary'),
    statuses: Object.fromEntries(ends.map(({ component, status }) => [component, status])),
    reasons: Object.fromEntries(ends.map(({ component, reason }) => [component, reason])),
  };
}

async function violationsOf(home: string, database: TestDatabase | undefined, environment: string) {
  const state = await openState({ home, ...(database && { databaseUrl: database.url }), migrate: false });
  try {
    const storage = [{ environment, storageRoot: join(home, 'data', environment) }];
    const found = await state.upkeep('be checked', (client) => checkInvariants(client, { storage, deep: true }));
    return found.map(({ invariant, found: what }) => `${invariant}: ${what}`);
  } finally {
    await state.close();
  }
}

/** The server is left again at once: whether it then runs on is part of what is tested. */
async function queryRows<Row extends object>(
  home: string,
  database: TestDatabase | undefined,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const server = database ? undefined : await openEmbedded({ home });
  const config = server ? await embeddedTarget(server).config() : database?.config;
  const client = new Client({ ...config, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    await client.query('set search_path to signalbox, public');
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
    await server?.close();
  }
}
