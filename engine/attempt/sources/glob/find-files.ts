import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFailure } from '../../../model/failure.ts';
import { refuseEscape } from '../place.ts';
import { type PathPattern, parsePattern } from './pattern.ts';

/** A file that fits the pattern. */
export interface FoundFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  /** Absolute. */
  readonly place: string;
}

const mostFiles = 500_000;

/**
 * The files below `root` that fit, by path. Links to files count like files as long as they stay below the root; links to
 * folders are not followed. Throws a `source` failure for a folder that is not there and for a link that leads out.
 */
export function findFiles(source: string, root: string, pattern: string): readonly FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const one of parsePattern(pattern)) search({ source, root, pattern: one, found }, one.folder, 1);
  return [...found.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

interface Search {
  readonly source: string;
  readonly root: string;
  readonly pattern: PathPattern;
  readonly found: Map<string, FoundFile>;
}

function search(all: Search, folder: readonly string[], depth: number): void {
  const { root, pattern, found } = all;
  for (const entry of entriesOf(all, folder)) {
    const path = [...folder, entry.name].join('/');
    if (entry.isDirectory()) {
      const isDeepEnough = pattern.depth === undefined || depth < pattern.depth;
      // A name with a leading dot is only ever met by one that is written out.
      if (isDeepEnough && !(pattern.depth === undefined && entry.name.startsWith('.'))) {
        search(all, [...folder, entry.name], depth + 1);
      }
    } else if (pattern.matches.test(path) && isFile(all, entry, path)) {
      found.set(path, { path, place: join(root, path) });
      if (found.size > mostFiles) throw tooMany(all.source);
    }
  }
}

function entriesOf({ source, root }: Search, folder: readonly string[]): readonly Dirent[] {
  try {
    return readdirSync(join(root, ...folder), { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // The root has to be there; of the folders below it a missing one is one without files.
    if (folder.length > 0 && (code === 'ENOENT' || code === 'ENOTDIR')) return [];
    const message = `source \`${source}\`: expected a folder that can be read at its \`root\`, got ${code}`;
    throw sourceFailure(message, {}, cause);
  }
}

function isFile({ source, root }: Search, entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const place = join(root, path);
  const stats = statSync(place, { throwIfNoEntry: false });
  if (!stats?.isFile()) return false;
  refuseEscape(source, place, root, `\`${path}\``);
  return true;
}

function tooMany(source: string): Error {
  const message = `source \`${source}\`: expected at most ${mostFiles} files, got more`;
  return sourceFailure(message, {
    retryable: false,
    hint: 'Narrow `pattern`, or give the component a smaller `root`.',
  });
}
