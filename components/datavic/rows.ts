import type { ComponentContext, LandedBody } from 'signalbox';
import { contentDigest } from '../http/content-digest.ts';
import type { PatronageOutput } from './output.ts';
import { addedFields, decodePage, readPage } from './pages.ts';
import { readTable } from './table.ts';

/** The body also names its host (`help`, `_links`) and the resource, and numbers the rows anew with every upload. */
export async function rowsDigest(body: LandedBody): Promise<string> {
  return contentDigest(body, readContent);
}

function readContent(bytes: Uint8Array): readonly unknown[] {
  const { fields, total, records } = decodePage(bytes);
  const rows = records.map((record) => Object.entries(record).filter(([field]) => !addedFields.has(field)));
  return [{ fields, total }, ...rows];
}

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
