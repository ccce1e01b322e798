import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { EngineEntry } from './engine-entry.ts';
import { isUnchanged, type TrackedFile } from './tracked-files.ts';

/** Raised when bundles are made differently, so that older ones are made again. */
const format = 1;

const superseded = 30 * 86_400_000;

/** A bundle on disk and what it was made of. */
export interface CachedBundle {
  readonly bundle: string;
  /** Digest of the code, free of addresses of this machine. */
  readonly codeDigest: string;
  readonly files: readonly TrackedFile[];
}

interface CacheIndex extends CachedBundle {
  readonly format: number;
  readonly engineEntry: EngineEntry;
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
  return existsSync(index.bundle) && index.files.every(isUnchanged) ? index : undefined;
}

/** Two processes may do this at once: each file appears whole, and both write the same. */
export function storeBundle(key: CacheKey, code: string, made: Omit<CachedBundle, 'bundle'>): CachedBundle {
  mkdirSync(key.cacheDirectory, { recursive: true });
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const bundle = join(key.cacheDirectory, `${nameOf(key)}-${digest}.dag.mjs`);
  writeWhole(bundle, code);
  const index: CacheIndex = { format, engineEntry: key.engineEntry, bundle, ...made };
  writeWhole(indexPath(key), JSON.stringify(index));
  removeSuperseded(key, bundle);
  return index;
}

/** A run keeps the bundle it began with, also while its DAG is edited: so they go only after a month. */
function removeSuperseded(key: CacheKey, current: string): void {
  const oldest = Date.now() - superseded;
  for (const entry of readdirSync(key.cacheDirectory)) {
    const path = join(key.cacheDirectory, entry);
    if (path === current || !entry.startsWith(`${nameOf(key)}-`)) continue;
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedMs !== undefined && modifiedMs < oldest) rmSync(path, { force: true });
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
  writeFileSync(draft, content);
  renameSync(draft, path);
}
