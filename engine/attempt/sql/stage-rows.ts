import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { CellValue } from '../../model/context.ts';
import type { Column } from '../../model/dataset.ts';
import { FailureError } from '../../model/failure.ts';
import { sqlName } from './quote.ts';

const table = 'signalbox_rows';

/**
 * Puts rows into a temporary table as text and hands `work` the query that reads them in their types: one way for every
 * type there is, and DuckDB's own casts decide what a type can hold.
 */
export async function withRows<T>(
  connection: DuckDBConnection,
  columns: readonly Column[],
  rows: Iterable<readonly CellValue[]>,
  work: (query: string) => Promise<T>,
): Promise<T> {
  checkTypes(columns);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${columns.map(({ name }) => `${sqlName(name)} VARCHAR`).join(', ')})`,
  );
  try {
    const appender = await connection.createAppender(table, 'main', 'temp');
    let number = 0;
    for (const row of rows) appendRow(appender, columns, row, ++number);
    appender.closeSync();
    const casts = columns.map(({ name, type }) => `CAST(${sqlName(name)} AS ${type}) AS ${sqlName(name)}`);
    return await work(`SELECT ${casts.join(', ')} FROM ${table}`);
  } finally {
    await connection.run(`DROP TABLE ${table}`);
  }
}

/** The type is the one part of the statement that cannot be quoted. */
function checkTypes(columns: readonly Column[]): void {
  if (columns.length === 0) throw mismatch('expected at least one column, got none');
  for (const { name, type } of columns) {
    if (!/^[A-Z][A-Z0-9_ ]*(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?$/.test(type)) {
      throw mismatch(`expected the type of column ${name} to be a DuckDB type such as VARCHAR, got \`${type}\``);
    }
  }
}

function appendRow(
  appender: DuckDBAppender,
  columns: readonly Column[],
  row: readonly CellValue[],
  number: number,
): void {
  if (row.length !== columns.length) {
    throw mismatch(`expected row ${number} to have ${columns.length} values, got ${row.length}`);
  }
  columns.forEach((column, index) => {
    const value = row[index];
    if (value === null || value === undefined) appender.appendNull();
    else appender.appendVarchar(textOf(value, column, number));
  });
  appender.endRow();
}

/** A fraction in an integer column would be rounded by the cast, in silence. */
function textOf(value: string | number | bigint | boolean, { name, type }: Column, row: number): string {
  if (typeof value === 'number' && /INT/.test(type) && !Number.isSafeInteger(value)) {
    throw mismatch(`expected ${name} of row ${row} to be a whole number that fits ${type}, got ${value}`);
  }
  return String(value);
}

function mismatch(message: string): FailureError {
  return new FailureError({ class: 'error', message, retryable: false });
}
