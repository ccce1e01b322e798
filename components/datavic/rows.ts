import type { ComponentContext } from 'signalbox';
import { readPage } from '../http/ckan/pages.ts';
import type { PatronageOutput } from './output.ts';
import { readTable } from './table.ts';

/** Publishes the landed pages as one table. */
export async function publishRows(
  context: Pick<ComponentContext, 'source' | 'sql' | 'warn'>,
  dataset: string,
): Promise<PatronageOutput> {
  const { parts } = await context.source('rows');
  const { columns, rows, blankRows } = readTable(await Promise.all(parts.map(readPage)));
  if (blankRows > 0) {
    const message = `${blankRows} blank rows of ${dataset} were left out`;
    context.warn({ code: 'blank_rows', message, count: blankRows });
  }
  const sql = await context.sql();
  await sql.stageRows(dataset, columns, rows);
  return { rows: rows.length };
}
