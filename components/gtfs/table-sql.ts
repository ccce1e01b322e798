import type { FieldKind } from './field-kind.ts';
import { canMisfit, convertedValue, isMisfit } from './field-kind.ts';
import type { Header } from './header.ts';
import { gtfsTables } from './tables.ts';

/** A file that DuckDB reads right: every record has a field for every column. */
export interface CleanFile {
  readonly folder: string;
  /** What messages call it: `11/stop_times.txt`. */
  readonly label: string;
  readonly path: string;
  readonly header: Header;
  /** A copy has no header, and every line of it ends in LF. */
  readonly isCopy: boolean;
}

/** DuckDB raises this for a value that does not fit: it is looked for only then, which keeps clean feeds fast. */
export const misfitError = 'gtfs: a value does not fit its column';

export interface OutputColumn {
  readonly name: string;
  readonly kind: FieldKind;
}

/** Columns of a table: those of the reference in its order, then unknown ones, as text, in the order of the files. */
export function outputColumns(table: string, headers: readonly Header[]): readonly OutputColumn[] {
  const fields = gtfsTables[table] ?? {};
  const sent = new Map<string, string>();
  for (const name of headers.flatMap(({ names }) => names)) {
    if (!sent.has(name.toLowerCase())) sent.set(name.toLowerCase(), name);
  }
  const known = Object.entries(fields).filter(([name]) => sent.has(name));
  const unknown = [...sent].filter(([lower]) => fields[lower] === undefined);
  return [
    ...known.map(([name, kind]) => ({ name, kind })),
    ...unknown.map(([, name]) => ({ name, kind: 'text' as const })),
  ];
}

/** The rows of all files of a table, by the names of their columns, `folder` first. */
export function unionQuery(files: readonly CleanFile[], columns: readonly OutputColumn[]): string {
  return files.map((file) => fileQuery(file, columns)).join('\nUNION ALL\n');
}

function fileQuery(file: CleanFile, columns: readonly OutputColumn[]): string {
  const values = columns.map(({ name, kind }) => {
    const field = fieldOf(file.header, name);
    const value = field === undefined ? missingValue(kind) : requiredToFit(kind, field);
    return `${value} AS ${quoted(name)}`;
  });
  return `SELECT ${[`${text(file.folder)} AS folder`, ...values].join(', ')} FROM ${readerOf(file)}`;
}

/** The first value that does not fit of each of the first `limit` records that hold one, by the record's place in the file. */
export function misfitQuery(file: CleanFile, columns: readonly OutputColumn[], limit: number): string | undefined {
  const typed = columns.flatMap(({ name, kind }) => {
    const field = fieldOf(file.header, name);
    return field !== undefined && canMisfit(kind) ? [{ name, kind, field }] : [];
  });
  if (typed.length === 0) return undefined;
  const firstOf = (result: (column: (typeof typed)[number]) => string) =>
    `CASE ${typed.map((column) => `WHEN ${isMisfit(column.kind, column.field)} THEN ${result(column)}`).join(' ')} END`;
  return `SELECT place, column_name, value, kind FROM (
    SELECT row_number() OVER () - 1 AS place, ${firstOf(({ name }) => text(name))} AS column_name,
      ${firstOf(({ field }) => field)} AS value, ${firstOf(({ kind }) => text(kind))} AS kind
    FROM ${readerOf(file, 'parallel = false')})
    WHERE column_name IS NOT NULL ORDER BY place LIMIT ${limit}`;
}

function requiredToFit(kind: FieldKind, field: string): string {
  const value = convertedValue(kind, field);
  if (!canMisfit(kind)) return value;
  return `coalesce(${value}, CASE WHEN trim(${field}) <> '' THEN error(${text(misfitError)}) END)`;
}

const typeNames: Readonly<Record<FieldKind, string>> = {
  text: 'VARCHAR',
  time: 'VARCHAR',
  integer: 'INTEGER',
  double: 'DOUBLE',
  date: 'DATE',
};

function missingValue(kind: FieldKind): string {
  return `CAST(NULL AS ${typeNames[kind]})`;
}

/** Columns are read by position under names of our own: a header may hold anything. */
function fieldOf({ names }: Header, name: string): string | undefined {
  const index = names.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  return index === -1 ? undefined : `c${index}`;
}

/** An empty value is NULL, quoted or not: GTFS has no other way to leave one out. Small buffers keep memory low. */
function readerOf({ path, header, isCopy }: CleanFile, ...more: readonly string[]): string {
  const width = header.names.length + header.nameless;
  const columns = Array.from({ length: width }, (_, index) => `c${index}: 'VARCHAR'`).join(', ');
  const options = [
    `columns = {${columns}}`,
    'auto_detect = false',
    'header = false',
    `skip = ${isCopy ? 0 : 1}`,
    `new_line = ${isCopy || header.lineEnd === '\n' ? "'\\n'" : "'\\r\\n'"}`,
    "delim = ','",
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = ''",
    'allow_quoted_nulls = true',
    `buffer_size = ${8 * 2 ** 20}`,
    ...more,
  ];
  return `read_csv(${text(path.replace(/[*?[]/g, '[$&]'))}, ${options.join(', ')})`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
