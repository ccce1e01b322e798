import { readFile } from 'node:fs/promises';
import { type LandedBody, sourceFailure } from 'signalbox';
import { z } from 'zod';
import { listOf } from '../expected-shape.ts';
import { openEnvelope } from './envelope.ts';

const pageSchema = z.object({
  fields: listOf(z.object({ id: z.string() })),
  records: listOf(z.record(z.string(), z.json())),
  total: z.int().nonnegative(),
});
export type Page = z.output<typeof pageSchema>;

const rowNumber = '_id';

/** What the datastore adds to the columns of the file: the number of the row, and how well it fits a search. */
export const addedFields: ReadonlySet<string> = new Set([rowNumber, 'rank']);

/** A page of `GET datastore_search`. */
export function decodePage(bytes: Uint8Array, contentType?: string): Page {
  return openEnvelope(bytes, 'rows of the datastore', pageSchema, contentType);
}

export async function readPage(body: LandedBody): Promise<Page> {
  return decodePage(await readFile(body.path));
}

/** Throws a `source` failure unless the pages make up one table: same columns, same total, every row once. */
export function requireWhole(pages: readonly Page[]): void {
  const first = pages[0];
  if (!first) throw new Error('Internal error: the rows were landed without a page');
  const columns = JSON.stringify(first.fields);
  for (const { total, fields } of pages) {
    if (total !== first.total)
      throw broken(`every page to say the total ${first.total}`, `${total}: the table changed while it was read`);
    if (JSON.stringify(fields) !== columns)
      throw broken('every page to have the same columns', 'others: the table changed while it was read');
  }
  const records = pages.flatMap((one) => one.records);
  if (records.length !== first.total)
    throw broken(`${first.total} rows, the total`, `${records.length} in ${pages.length} pages`);
  const ids = new Set(records.map((record) => record[rowNumber] ?? Symbol('without a number')));
  if (ids.size !== records.length)
    throw broken('every row once', `${records.length - ids.size} rows again: pages overlap`);
}

function broken(expected: string, got: string): Error {
  return sourceFailure(`datastore_search: expected ${expected}, got ${got}`, {
    hint: 'Nothing was published. The next attempt reads the table again from its first page.',
  });
}
