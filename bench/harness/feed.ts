import { once } from 'node:events';
import { copyFileSync, createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Entry, open, type ZipFile } from 'yauzl';
import { packZip } from '../../components/gtfs/sandbox/pack.ts';
import { tablesOf } from '../../components/gtfs/sandbox/tables.ts';
import { parseDay } from '../../components/sandbox/day.ts';

/** A zip served by the sandbox, and the CSV files in it, on disk. */
export interface Feed {
  readonly name: string;
  /** For `--sandbox-data`. */
  readonly sandboxData: string;
  readonly csvFiles: readonly string[];
  readonly csvBytes: number;
}

/** The sandbox's metropolitan trains of one day, with its trips and their stop times `copies` times. */
export async function generatedFeed(folder: string, copies: number): Promise<Feed> {
  const tables = new Map(tablesOf({ seed: 1, folder: '2', day: parseDay('2026-03-02') }));
  for (const name of ['trips.txt', 'stop_times.txt']) {
    tables.set(name, repeatRows(tables.get(name) ?? Buffer.alloc(0), name === 'trips.txt' ? 2 : 0, copies));
  }
  const zip = join(folder, 'generated.zip');
  mkdirSync(folder, { recursive: true });
  writeFileSync(zip, await packZip(tables, 6));
  return await feedOf('generated', zip, folder);
}

/** A feed as somebody published it. */
export async function feedOf(name: string, zip: string, folder: string): Promise<Feed> {
  const sandboxData = join(folder, name, 'data');
  const served = join(sandboxData, 'gtfs-schedule', 'feed.zip');
  mkdirSync(dirname(served), { recursive: true });
  copyFileSync(zip, served);
  const csvFiles = await unzip(zip, join(folder, name, 'csv'));
  return { name, sandboxData, csvFiles, csvBytes: csvFiles.reduce((sum, file) => sum + statSync(file).size, 0) };
}

/** Copies of all rows, told apart by their trip id: the value of that column gets a number. */
function repeatRows(table: Buffer, column: number, copies: number): Buffer {
  const text = table.toString('utf8');
  const headEnd = text.indexOf('\r\n') + 2;
  const rows = text.slice(headEnd).split('\r\n').filter(Boolean);
  const parts = [text.slice(0, headEnd)];
  for (let copy = 0; copy < copies; copy += 1) {
    for (const row of rows) {
      const values = row.split('","');
      const value = values[column] ?? '';
      values[column] = `${value}-${copy}`;
      parts.push(values.join('","'), '\r\n');
    }
  }
  return Buffer.from(parts.join(''));
}

/** `yauzl` has no promises before version 4; the archive is read entry by entry. */
async function unzip(zip: string, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const openZip: (path: string, options: { lazyEntries: true; autoClose: false }) => Promise<ZipFile> = promisify(open);
  const archive = await openZip(zip, { lazyEntries: true, autoClose: false });
  const openStream: (entry: Entry) => Promise<Readable> = promisify(archive.openReadStream.bind(archive));
  const files: string[] = [];
  for (let index = 0; index < archive.entryCount; index += 1) {
    const next = once(archive, 'entry');
    archive.readEntry();
    const [entry] = (await next) as [Entry];
    const file = join(folder, entry.fileName);
    await pipeline(await openStream(entry), createWriteStream(file));
    files.push(file);
  }
  archive.close();
  return files;
}
