import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { ZipFile } from 'yazl';
import { infraFailure } from '../../engine/model/failure.ts';
import { readMigrationStatus } from '../migrations/migrate.ts';
import { CopyOut } from './copy-out.ts';
import { type Manifest, manifestName, manifestText, partName, type TablePart } from './manifest.ts';
import { measure } from './measure.ts';
import { copyOutText, plainText, readTables, type TableShape } from './tables.ts';

/** Rows are text that shrinks to a tenth: harder pressing takes longer than reading them. */
const partOptions = { compressionLevel: 1, forceZip64Format: true };

/**
 * Writes all tables, as they are at one instant, into one zip. The file appears whole or not at all, and never in place of
 * another. The connection is of no further use when it throws.
 */
export async function writeBackup(client: Client, file: string, takenAt: Date): Promise<Omit<Manifest, 'format'>> {
  const draft = `${file}.part-${process.pid}`;
  try {
    // It may hold what sources said: nobody else's to read.
    const handle = await open(draft, 'wx', 0o600);
    const manifest = await writeDraft(client, handle, takenAt);
    await link(draft, file);
    await syncFolder(dirname(resolve(file)));
    return manifest;
  } catch (error) {
    throw explained(error, file);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(client: Client, handle: FileHandle, takenAt: Date): Promise<Omit<Manifest, 'format'>> {
  const written = handle.createWriteStream({ flush: true });
  await client.query(`begin isolation level repeatable read, read only; ${plainText}`);
  const { version } = await readMigrationStatus(client);
  const parts: TablePart[] = [];
  const manifest = { schemaVersion: version, takenAt: takenAt.toISOString(), tables: parts };
  const archive = new ZipFile();
  const packed = new PassThrough();
  archive.on('error', (error) => packed.destroy(error));
  archive.outputStream.pipe(packed);
  for (const table of await readTables(client)) {
    archive.addReadStreamLazy(partName(table), partOptions, (give) =>
      give(null, Readable.from(rowsOf(client, table, parts), { objectMode: false })),
    );
  }
  archive.addReadStreamLazy(manifestName, (give) => give(null, Readable.from([manifestText(manifest)])));
  archive.end();
  await pipeline(packed, written);
  await client.query('commit');
  return manifest;
}

/** Begun when it is first read, which is when the one before has been: a connection has one COPY at a time. */
async function* rowsOf(client: Client, table: TableShape, parts: TablePart[]): AsyncGenerator<Uint8Array> {
  const { name, columns } = table;
  const copied = new CopyOut(client, copyOutText(table));
  yield* measure(copied, (size) => parts.push({ name, columns, rows: copied.rows, ...size }));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function explained(error: unknown, file: string): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  if (code === 'EEXIST') {
    return infraFailure(
      `expected ${file} not to be there yet, got a file`,
      { hint: 'Name another, or remove it.' },
      error,
    );
  }
  return infraFailure(
    `could not write ${file}: ${message}`,
    { hint: 'See that the folder is there, with room left.' },
    error,
  );
}
