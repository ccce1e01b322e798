import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { diskFailure } from '../model/disk-failure.ts';
import type { EngineEntry } from './engine-entry.ts';
import type { BundleFile } from './numbered-chunks.ts';
import { isUnchanged, type TrackedFile } from './tracked-files.ts';

/** Raised when bundles are made differently, so that older ones are made again. */
const format = 2;

const superseded = 30 * 86_400_000;

/** Of the module that a process imports, without its ending. */
export const entryName = 'dag';

/** A bundle on disk and what it was made of. */
export interface CachedBundle {
  /** Its entry; the chunks lie beside it. */
  readonly bundle: string;
  /** Digest of the code, free of addresses of this machine. */
  readonly codeDigest: string;
  readonly files: readonly TrackedFile[];
}

interface CacheIndex extends CachedBundle {
  readonly format: number;
  readonly engineEntry: EngineEntry;
  /** Names of all files of the bundle. */
  readonly names: readonly string[];
}

export interface CacheKey {
  /** Absolute path of the DAG file. */
  readonly file: string;
  readonly cacheDirectory: string;
  readonly engineEntry: EngineEntry;
}

/** The bundle made earlier, if the DAG file and all that it imports are still the same. */
export function findBundle(key: CacheKey): CachedBundle | undefined {
  const index = readIndex(indexPath(key));
  if (index === undefined || index.format !== format) return undefined;
  const { signalbox, zod } = key.engineEntry;
  if (index.engineEntry.signalbox !== signalbox || index.engineEntry.zod !== zod) return undefined;
  const isWhole = index.names.every((name) => existsSync(join(dirname(index.bundle), name)));
  return isWhole && index.files.every(isUnchanged) ? index : undefined;
}

/** Two processes may do this at once: each file appears whole, and both write the same. The index, which counts, comes last. */
export function storeBundle(
  key: CacheKey,
  output: readonly BundleFile[],
  made: Omit<CachedBundle, 'bundle'>,
): CachedBundle {
  const folder = join(key.cacheDirectory, `${nameOf(key)}-${digestOf(output)}.dag`);
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of output) writeWhole(join(folder, name), text);
  const bundle = join(folder, `${entryName}.mjs`);
  const names = output.map(({ name }) => name);
  const index: CacheIndex = { format, engineEntry: key.engineEntry, names, bundle, ...made };
  writeWhole(indexPath(key), JSON.stringify(index));
  removeSuperseded(key, folder);
  return index;
}

function digestOf(output: readonly BundleFile[]): string {
  const digest = createHash('sha256');
  for (const { name, text } of output) digest.update(`${name}\0${text.length}\0`).update(text);
  return digest.digest('hex').slice(0, 16);
}

/** A run keeps the bundle it began with, also while its DAG is edited: so they go only after a month. */
function removeSuperseded(key: CacheKey, current: string): void {
  const oldest = Date.now() - superseded;
  for (const entry of readdirSync(key.cacheDirectory)) {
    const path = join(key.cacheDirectory, entry);
    if (path === current || !entry.startsWith(`${nameOf(key)}-`)) continue;
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedMs !== undefined && modifiedMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}

function indexPath(key: CacheKey): string {
  return join(key.cacheDirectory, `${nameOf(key)}.json`);
}

/** Files of one name in two folders are two DAG files. */
function nameOf(key: CacheKey): string {
  const place = createHash('sha256').update(key.file).digest('hex').slice(0, 8);
  return `${basename(key.file, extname(key.file))}-${place}`;
}

function readIndex(path: string): CacheIndex | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CacheIndex;
  } catch {
    // Not made yet, or not readable: it is made again, and a real trouble with the disk shows when it is written.
    return undefined;
  }
}

function writeWhole(path: string, content: string): void {
  const draft = `${path}.${process.pid}.draft`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw diskFailure(error, 'write', path);
  }
}
