import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import { sqlFile, sqlName } from '../../attempt/sql/quote.ts';
import { programName } from '../../model/program.ts';
import { renderTable } from '../../report/table.ts';
import { exitCodes } from '../exit-codes.ts';
import { type NewestFlags, type NewestVersions, newestVersions } from '../newest-versions.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { showCell } from '../show-cell.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface View {
  readonly name: string;
  readonly file: string;
}

/** One SELECT and nothing else: no statement that could write to the published files. */
export async function dataQuery(terminal: Terminal, flags: NewestFlags & OutputFlags, sql: string): Promise<number> {
  const versions = await newestVersions(flags);
  const shared = sharedNames(versions);
  const { columns, rows } = await select(sql, viewsOf(versions, shared, terminal), shared);
  if (flags.output === 'json') {
    printJson(
      terminal,
      rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
    );
  } else {
    terminal.err(`environment ${flags.env}\n`);
    terminal.out(
      renderTable(
        columns.map((title, index) => ({ title, cell: (row: readonly unknown[]) => showCell(row[index]) })),
        rows,
      ),
    );
  }
  return exitCodes.success;
}

/** Dataset → its DAGs, where there is more than one. */
type Shared = ReadonlyMap<string, readonly string[]>;

function sharedNames({ newest }: NewestVersions): Shared {
  const dags = new Map<string, readonly string[]>();
  for (const { dataset, dag } of newest) dags.set(dataset, [...(dags.get(dataset) ?? []), dag]);
  return new Map([...dags].filter(([, found]) => found.length > 1));
}

/** What has no view is told, and keeps nobody from asking for the rest. */
function viewsOf({ newest, storageRoot }: NewestVersions, shared: Shared, { err }: Terminal): readonly View[] {
  if (shared.size > 0) err(`in more than one DAG, so not here without --dag: ${[...shared.keys()].join(', ')}\n`);
  const views = newest
    .filter(({ dataset }) => !shared.has(dataset))
    .map(({ dataset, path }) => ({ name: dataset, file: join(storageRoot, path) }));
  const gone = views.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (gone.length > 0) err(`the file is gone, so not here until the next run: ${gone.join(', ')}\n`);
  return views.filter(({ name }) => !gone.includes(name));
}

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

async function select(sql: string, views: readonly View[], shared: Shared): Promise<Answer> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const { name, file } of views) {
      await connection.run(`CREATE VIEW ${sqlName(name)} AS FROM read_parquet(${sqlFile(file)})`);
    }
    return await answer(connection, sql);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw explained((error as Error).message, shared);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** DuckDB names the table that it misses as the query wrote it. */
function explained(message: string, shared: Shared): UsageError {
  const missed = /Table with name "?([^\s"!]+)"? does not exist/.exec(message)?.[1]?.toLowerCase();
  const [name, dags] = [...shared].find(([dataset]) => dataset.toLowerCase() === missed) ?? [];
  if (name === undefined || dags === undefined) {
    return new UsageError(message, `\`${programName} data list\` shows the names of the views.`);
  }
  const choices = dags.map((dag) => `--dag ${dag}`).join(' or ');
  return new UsageError(
    `expected one dataset \`${name}\`, got one in each of ${dags.join(', ')}`,
    `Choose with ${choices}.`,
  );
}

async function answer(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const statements = await connection.extractStatements(sql);
  const prepared = statements.count === 1 ? await statements.prepare(0) : undefined;
  if (prepared?.statementType !== StatementType.SELECT) {
    const got = prepared ? 'another statement' : `${statements.count} statements`;
    throw new UsageError(`expected one SELECT, got ${got}`, 'Published data are never changed.');
  }
  const reader = await prepared.runAndReadAll();
  return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJson() };
}
