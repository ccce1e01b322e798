import type { Client } from 'pg';
import { infraFailure } from '../../engine/model/failure.ts';
import { programName } from '../../engine/model/program.ts';
import { lookAtDatabase } from '../invariants/database.ts';
import type { Violation } from '../invariants/invariant.ts';
import { beginMigration, layTables } from '../migrations/migrate.ts';
import { newestVersion } from '../migrations/migrations.ts';
import { copyIn } from './copy-in.ts';
import { CopyOut } from './copy-out.ts';
import { type Manifest, partName, type TablePart } from './manifest.ts';
import { type Measured, measure } from './measure.ts';
import { type Archive, openArchive } from './read-archive.ts';
import { copyInText, copyOutText, plainText, readTables, type TableShape } from './tables.ts';

export interface Restored {
  readonly manifest: Manifest;
  /** What does not hold of what was recorded then. */
  readonly violations: readonly Violation[];
}

/** Fills an empty database with all that a backup holds, in one transaction: all of it or nothing. */
export async function restoreBackup(client: Client, file: string): Promise<Restored> {
  return await withArchive(file, async (archive) => {
    await client.query(beginMigration());
    await requireEmpty(client);
    await client.query('drop schema if exists signalbox cascade');
    const restored = await fill(client, archive, file);
    await client.query('commit');
    return restored;
  });
}

/**
 * Restores it beside what is there, reads it back, compares that byte by byte, and takes all of it back: nothing is changed,
 * and others who use the database see nothing of it.
 */
export async function verifyBackup(client: Client, file: string): Promise<Restored> {
  return await withArchive(file, async (archive) => {
    await client.query(beginMigration());
    const { rowCount } = await client.query("select from pg_namespace where nspname = 'signalbox'");
    if (rowCount === 1) await client.query('alter schema signalbox rename to signalbox_set_aside');
    const restored = await fill(client, archive, file);
    await client.query('rollback');
    return restored;
  });
}

async function withArchive<Result>(file: string, work: (archive: Archive) => Promise<Result>): Promise<Result> {
  const archive = await openArchive(file);
  try {
    refuseNewer(archive.manifest, file);
    return await work(archive);
  } finally {
    archive.close();
  }
}

function refuseNewer({ schemaVersion }: Manifest, file: string): void {
  if (Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= newestVersion) return;
  throw infraFailure(`expected ${file} to hold a schema of version 1 to ${newestVersion}, got ${schemaVersion}`, {
    hint: 'A newer Signalbox has written it: update this installation.',
    retryable: false,
  });
}

async function requireEmpty(client: Client): Promise<void> {
  for (const { name } of await readTables(client)) {
    const { rowCount } = await client.query(`select from signalbox."${name}" limit 1`);
    if (rowCount === 0) continue;
    throw infraFailure(`expected an empty database to restore into, got rows in the table ${name}`, {
      hint: `Name another database in DATABASE_URL, or another home; or forget what is there: ${programName} db reset --yes`,
      retryable: false,
    });
  }
}

/** Lays the tables as they were, fills them, reads them back, and brings them up to date. */
async function fill(client: Client, archive: Archive, file: string): Promise<Restored> {
  const { manifest } = archive;
  await client.query(plainText);
  await layTables(client, 0, manifest.schemaVersion);
  const shapes = new Map((await readTables(client)).map((table) => [table.name, table]));
  requireSame(manifest, shapes, file);
  for (const part of manifest.tables) await fillTable(client, archive, part, file);
  await client.query('set constraints all immediate');
  for (const part of manifest.tables) {
    const shape = shapes.get(part.name);
    if (shape) await readBack(client, shape, part, file);
  }
  await layTables(client, manifest.schemaVersion, newestVersion);
  return { manifest, violations: await lookAtDatabase(client, { patienceMs: 0, onlyLasting: true }) };
}

function requireSame({ tables, schemaVersion }: Manifest, shapes: ReadonlyMap<string, TableShape>, file: string): void {
  const [expected, got] = [shown(shapes.values()), shown(tables)];
  if (JSON.stringify(expected) === JSON.stringify(got)) return;
  const odd = [
    ...expected.filter((table) => !got.includes(table)),
    ...got.filter((table) => !expected.includes(table)),
  ];
  throw infraFailure(
    `expected ${file} to hold the tables of schema version ${schemaVersion}, it differs in ${odd.join('; ')}`,
    {
      retryable: false,
    },
  );
}

/** Columns that were added later come last in one database and in their place in another. */
function shown(tables: Iterable<Pick<TableShape, 'name' | 'columns'>>): readonly string[] {
  return [...tables].map(({ name, columns }) => `${name} (${columns.toSorted().join(', ')})`).toSorted();
}

async function fillTable(client: Client, archive: Archive, part: TablePart, file: string): Promise<void> {
  let got: Measured | undefined;
  const measured = measure(archive.read(partName(part)), (size) => {
    got = size;
    requireEqual(part, size, file, 'in the file');
  });
  const rows = await copyIn(client, copyInText(part), measured);
  if (got) requireEqual(part, { ...got, rows }, file, 'restored');
}

async function readBack(client: Client, shape: TableShape, part: TablePart, file: string): Promise<void> {
  const copied = new CopyOut(client, copyOutText({ ...shape, columns: part.columns }));
  let got: Measured | undefined;
  for await (const _ of measure(copied, (size) => {
    got = size;
  }));
  if (got) requireEqual(part, { ...got, rows: copied.rows }, file, 'read back');
}

function requireEqual(part: TablePart, got: Measured & { readonly rows?: number }, file: string, where: string): void {
  const { rows = part.rows } = got;
  if (got.sha256 === part.sha256 && got.bytes === part.bytes && rows === part.rows) return;
  throw infraFailure(
    `expected the table ${part.name} of ${file} to have ${part.rows} rows in ${part.bytes} bytes of sha256 ${part.sha256}, got ${rows} in ${got.bytes} of ${got.sha256} ${where}`,
    { hint: 'The file was damaged after it was written. Nothing was restored.', retryable: false },
  );
}
