import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
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
  const { columns, rows } = await select(sql, viewsOf(await newestVersions(flags), terminal));
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

/** What has no view is told, and keeps nobody from asking for the rest. */
function viewsOf({ newest, storageRoot }: NewestVersions, { err }: Terminal): readonly View[] {
  const seen = new Map<string, number>();
  for (const { dataset } of newest) seen.set(dataset, (seen.get(dataset) ?? 0) + 1);
  const unclear = [...seen].filter(([, count]) => count > 1).map(([dataset]) => dataset);
  if (unclear.length > 0) err(`in more than one DAG, so not here without --dag: ${unclear.join(', ')}\n`);
  const views = newest
    .filter(({ dataset }) => seen.get(dataset) === 1)
    .map(({ dataset, path }) => ({ name: dataset, file: join(storageRoot, path) }));
  const gone = views.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (gone.length > 0) err(`the file is gone, so not here until the next run: ${gone.join(', ')}\n`);
  return views.filter(({ name }) => !gone.includes(name));
}

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

async function select(sql: string, views: readonly View[]): Promise<Answer> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
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
    throw new UsageError((error as Error).message, `\`${programName} data list\` shows the names of the views.`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function answer(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const { StatementType } = await import('@duckdb/node-api');
  const statements = await connection.extractStatements(sql);
  const prepared = statements.count === 1 ? await statements.prepare(0) : undefined;
  if (prepared?.statementType !== StatementType.SELECT) {
    const got = prepared ? 'another statement' : `${statements.count} statements`;
    throw new UsageError(`expected one SELECT, got ${got}`, 'Published data are never changed.');
  }
  const reader = await prepared.runAndReadAll();
  return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJson() };
}
