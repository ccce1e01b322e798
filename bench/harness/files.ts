import { createHash } from 'node:crypto';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from './arguments.ts';

/** Files on disk, all different, and what a program that has seen them knows of them. */
export interface SeenFiles {
  readonly paths: readonly string[];
  /** JSON for `bare-files.js`. */
  readonly list: string;
}

const kilobyte = 1_024;

/** An hour old: of a file that was written just now nobody can tell by its stamp whether it is still the same. */
export function createFiles(count: number): SeenFiles {
  const folder = join(workFolder, `files-${count}`);
  mkdirSync(folder, { recursive: true });
  const written = new Date(Date.now() - 3_600_000);
  const seen = Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${index}.txt`);
    const text = `${index}\n`.repeat(Math.ceil(kilobyte / 5));
    writeFileSync(path, text);
    utimesSync(path, written, written);
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return { path, stamp: `${ino} ${size} ${mtimeNs}`, sha256: createHash('sha256').update(text).digest('hex') };
  });
  const list = `${folder}.json`;
  writeFileSync(list, JSON.stringify(seen));
  return { paths: seen.map(({ path }) => path), list };
}
