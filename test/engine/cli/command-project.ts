import { Client } from 'pg';
import { authorFolder } from '../../harness/dag-folder.ts';
import { type EngineExit, type RunningEngine, runEngine, startEngine } from '../../harness/engine.ts';
import { createDatabase } from '../../harness/postgres.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A project of an author with DAG files of a few lines, a home and a database of its own. */
export interface CommandProject {
  readonly root: string;
  readonly databaseUrl: string | undefined;
  write(path: string, content: string): string;
  engine(args: readonly string[], env?: Variables): Promise<EngineExit>;
  start(args: readonly string[], env?: Variables): RunningEngine;
  /** Of its own database, in schema `signalbox`. */
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** `embedded`: with the server in its own home in place of a database of the suite's. */
export async function commandProject(kind: 'url' | 'embedded' = 'url'): Promise<CommandProject> {
  const folder = authorFolder();
  const database = kind === 'url' ? await createDatabase() : undefined;
  folder.write('package.json', '{ "type": "module" }');
  const options = (env: Variables) => ({
    cwd: folder.root,
    home: `${folder.root}/home`,
    env: { DATABASE_URL: database?.url, ...env },
  });
  return {
    root: folder.root,
    databaseUrl: database?.url,
    write: (path, content) => folder.write(path, content),
    engine: (args, env = {}) => runEngine(args, options(env)),
    start: (args, env = {}) => startEngine(args, options(env)),
    rows: (sql, values = []) => queryRows(database?.url, sql, values),
    remove: async () => {
      await database?.drop();
      folder.remove();
    },
  };
}

async function queryRows<Row extends object>(url: string | undefined, sql: string, values: readonly unknown[]) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set search_path to signalbox, public');
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** A DAG file whose components are the given expressions, all inline unless they say otherwise. */
export function inlineDag(id: string, components: readonly string[], options = ''): string {
  const inline = components.map((text) => `component({ isolation: 'inline', ...${text} })`);
  return `import { component, defineDag } from 'signalbox';

export default defineDag({ id: '${id}', ${options} components: [
  ${inline.join(',\n  ')},
] });
`;
}

/** Ends when it is told to, and says so when it has begun. */
export const untilStopped = (id: string) => `{
    id: '${id}',
    run: async ({ log, signal }) => {
      log.info('has begun');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw signal.reason;
    },
  }`;
