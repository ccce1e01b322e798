import type { CellValue, Column } from 'signalbox';
import { sourceFailure } from 'signalbox';
import { addedFields, type Page, requireWhole } from '../http/ckan/pages.ts';
import { columnName, columnNames } from './column-names.ts';
import { cleanText, typeOf, withoutSeparators } from './values.ts';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly CellValue[])[];
  /** Rows without a single value, left out: the empty tail of a spreadsheet. */
  readonly blankRows: number;
}

/**
 * Puts the pages of a datastore table together. Headings become snake_case names; `_id`, `rank`, blank rows, and columns
 * with neither heading nor value are left out. A column of whole numbers is BIGINT, of decimal numbers DOUBLE (thousands
 * separators and blanks around them allowed), any other text: a function of the values alone, so the same rows have the same types.
 */
export function readTable(pages: readonly Page[]): Table {
  requireWhole(pages);
  const headings = (pages[0]?.fields ?? []).map(({ id }) => id).filter((id) => !addedFields.has(id));
  const records = pages.flatMap((page) => page.records);
  const cells = records.map((record) => headings.map((heading) => cleanText(record[heading])));
  const filled = cells.filter((row) => row.some((value) => value !== null));
  const columns = publishedColumns(headings, filled);
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: filled.map((row) => columns.map(({ index, type }) => asType(row[index] ?? null, type))),
    blankRows: records.length - filled.length,
  };
}

interface PublishedColumn extends Column {
  /** Its place among the headings. */
  readonly index: number;
}

function publishedColumns(
  headings: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): readonly PublishedColumn[] {
  const kept = headings.flatMap((heading, index) => {
    const values = rows.map((row) => row[index] ?? null);
    const isBlank = columnName(heading) === '';
    if (isBlank && values.every((value) => value === null)) return [];
    return [{ index, type: typeOf(values), heading: isBlank ? `column_${index + 1}` : heading }];
  });
  if (kept.length === 0) throw sourceFailure('expected a table with at least one column, got none');
  const names = columnNames(kept.map(({ heading }) => heading));
  return kept.map(({ index, type }, place) => ({ index, type, name: names[place] as string }));
}

function asType(value: string | null, type: string): CellValue {
  return value === null || type === 'VARCHAR' ? value : withoutSeparators(value);
}
