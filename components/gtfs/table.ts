import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkAccounts, checkShare } from './accounts.ts';
import type { Archive } from './archive.ts';
import { cleanFile, type TableFile, withoutMisfits } from './clean-file.ts';
import { startLook } from './first-look.ts';
import type { LoadContext } from './load-context.ts';
import type { LinesOf } from './repair.ts';
import { misfitError, type OutputColumn, outputColumns, unionQuery } from './table-sql.ts';

/** Where one feed of an archive keeps its tables. */
export interface Feed {
  readonly folder: string;
  readonly archive: Archive;
  readonly tables: ReadonlyMap<string, string>;
}

/** A table of all feeds that have it, on disk. */
export interface UnpackedTable {
  readonly table: string;
  readonly dataset: string;
  readonly files: TableFile[];
}

export interface LoadedTable {
  readonly table: string;
  readonly rows: number;
  readonly quarantined: number;
}

/** Unpacks one table of all feeds that have it, and looks through its files. */
export async function unpackTable(table: string, feeds: readonly Feed[], context: LoadContext): Promise<UnpackedTable> {
  const dataset = `gtfs_${table}`;
  const files: TableFile[] = [];
  for (const feed of feeds) files.push(await unpackFile(dataset, table, feed, context));
  for (const file of files) warnOf(file, context);
  return { table, dataset, files };
}

/** Stages a table, and removes what was unpacked for it. */
export async function stageTable(unpacked: UnpackedTable, context: LoadContext): Promise<LoadedTable> {
  const { table, dataset, files } = unpacked;
  try {
    const rows = await stageFiles(unpacked, context);
    checkAccounts(dataset, files, rows);
    return { table, rows, quarantined: files.reduce((total, { account }) => total + account.leftOut, 0) };
  } finally {
    await Promise.all(files.flatMap(({ path, clean }) => [rm(path, { force: true }), rm(clean.path, { force: true })]));
  }
}

async function unpackFile(dataset: string, table: string, feed: Feed, context: LoadContext): Promise<TableFile> {
  const { folder, archive, tables } = feed;
  const name = tables.get(table);
  if (name === undefined) throw new Error(`Internal error: ${folder} has no ${table}`);
  const path = join(context.scratch, `${fileNameOf(folder)}-${table}.txt`);
  const label = `${folder}/${table}.txt`;
  const look = startLook(label);
  await archive.extract(name, path, context.signal, look.take);
  return cleanFile({ dataset, folder, label, path, found: look.end() }, context);
}

async function stageFiles({ table, dataset, files }: UnpackedTable, context: LoadContext): Promise<number> {
  const columns = outputColumns(
    table,
    files.map(({ clean }) => clean.header),
  );
  const { maxQuarantinedShare } = context.options;
  checkShare(dataset, files, maxQuarantinedShare);
  const rows = await tryStage(dataset, files, columns, context);
  if (rows !== 'misfit') return rows;
  for (const [index, file] of files.entries()) files[index] = await withoutMisfits(file, columns, context);
  checkShare(dataset, files, maxQuarantinedShare);
  const fitting = await tryStage(dataset, files, columns, context);
  if (fitting === 'misfit') throw new Error(`Internal error: ${dataset} still holds a value that does not fit`);
  return fitting;
}

async function tryStage(
  dataset: string,
  files: readonly TableFile[],
  columns: readonly OutputColumn[],
  { sql, signal }: LoadContext,
): Promise<number | 'misfit'> {
  const query = unionQuery(
    files.map(({ clean }) => clean),
    columns,
  );
  try {
    const { rows } = await sql.stage(dataset, query);
    return rows;
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof Error && thrown.message.includes(misfitError)) return 'misfit';
    throw thrown;
  }
}

function warnOf({ clean, account }: TableFile, { warn }: LoadContext): void {
  const { short, broken } = account;
  if (short.count > 0) {
    const message = `${clean.label}: ${short.count} short rows filled with null (${linesIn(short)})`;
    warn({ code: 'gtfs_short_rows', message, count: short.count });
  }
  if (broken.count > 0) {
    const message = `${clean.label}: ${broken.count} records with a line break inside quotes (${linesIn(broken)})`;
    warn({ code: 'gtfs_line_breaks', message, count: broken.count });
  }
}

function linesIn({ count, lines }: LinesOf): string {
  return `${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
}

/** A folder's name comes from the archive, so it is no path. */
function fileNameOf(folder: string): string {
  return Buffer.from(folder).toString('hex').slice(0, 64);
}
