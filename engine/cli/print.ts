import { renderTable, type TableColumn } from '../report/table.ts';
import type { Terminal } from './terminal.ts';

export interface OutputFlags {
  readonly output: 'table' | 'json';
}

/** One document on stdout, whatever is in it. */
export function printJson({ out }: Terminal, value: unknown): void {
  out(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Rows as a table, or as one JSON document; `none` is for people when there is no row. */
export function printRows<Row>(
  terminal: Terminal,
  { output }: OutputFlags,
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  none: string,
): void {
  if (output === 'json') printJson(terminal, rows);
  else if (rows.length === 0) terminal.err(`${none}\n`);
  else terminal.out(renderTable(columns, rows));
}
