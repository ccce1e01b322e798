import { rm } from 'node:fs/promises';
import type { FieldKind } from './field-kind.ts';
import { kindNames } from './field-kind.ts';
import type { Found } from './first-look.ts';
import type { LoadContext } from './load-context.ts';
import { type FileAccount, repairFile } from './repair.ts';
import { type CleanFile, misfitQuery, type OutputColumn } from './table-sql.ts';

/** One file of a table on its way into DuckDB. */
export interface TableFile {
  readonly dataset: string;
  /** As it came. */
  readonly path: string;
  readonly clean: CleanFile;
  readonly account: FileAccount;
  /** The first record that was left out, in words. */
  readonly firstLeftOut?: string;
}

export interface UnpackedFile {
  readonly dataset: string;
  readonly folder: string;
  readonly label: string;
  readonly path: string;
  readonly found: Found;
}

/** A flawless file is used as it is; any other is copied without its flaws. */
export async function cleanFile(file: UnpackedFile, context: LoadContext): Promise<TableFile> {
  const { dataset, folder, label, path, found } = file;
  const { header, records } = found;
  const clean: CleanFile = { folder, label, path, header, isCopy: false };
  if (records !== undefined) return { dataset, path, clean, account: flawless(records) };
  return repaired({ dataset, path, clean: { ...clean, path: `${path}.clean`, isCopy: true } }, context);
}

/** Leaves out the records that hold a value which does not fit its column, telling of each. */
export async function withoutMisfits(
  file: TableFile,
  columns: readonly OutputColumn[],
  context: LoadContext,
): Promise<TableFile> {
  const { account, clean } = file;
  // One more than is allowed, so that a file with too many of them fails without all of them being listed.
  const limit = Math.floor(context.options.maxQuarantinedShare * (account.records + account.leftOut)) + 1;
  const query = misfitQuery(clean, columns, limit);
  const found = query === undefined ? [] : await context.sql.rows(query);
  if (found.length === 0) return file;
  const misfits = new Map(found.map((row) => [Number(row.place), misfitReason(row)]));
  const target = { ...clean, path: `${file.path}.fitting`, isCopy: true };
  const fitting = await repaired({ ...file, clean: target }, context, misfits);
  if (clean.path !== file.path) await rm(clean.path, { force: true });
  return fitting;
}

async function repaired(
  file: Omit<TableFile, 'account'>,
  context: LoadContext,
  misfits?: ReadonlyMap<number, string>,
): Promise<TableFile> {
  const { dataset, path, clean } = file;
  const { label, header } = clean;
  let { firstLeftOut } = file;
  const account = await repairFile({
    path,
    header,
    target: clean.path,
    signal: context.signal,
    report: (record) => {
      firstLeftOut ??= `${label} line ${record.line}: ${record.reason}`;
      return context.quarantine({ dataset, file: label, ...record });
    },
    ...(misfits ? { misfits } : {}),
  });
  return { ...file, account, ...(firstLeftOut === undefined ? {} : { firstLeftOut }) };
}

function misfitReason(row: Readonly<Record<string, unknown>>): string {
  const { column_name: name, kind, value } = row as { column_name: string; kind: FieldKind; value: string };
  return `expected ${name} to be ${kindNames[kind]}, got \`${value}\``;
}

function flawless(records: number): FileAccount {
  const none = { count: 0, lines: [] };
  const lines = records + 1;
  return {
    lines,
    records,
    recordLines: records,
    leftOut: 0,
    leftOutLines: 0,
    blankLines: 0,
    short: none,
    broken: none,
  };
}
