import { sourceFailure } from 'signalbox';
import type { ArchiveFile } from './archive.ts';
import { gtfsTables } from './tables.ts';

/** One feed found in an archive: which file holds which table. */
export interface FeedLayout {
  /** What the `folder` column says: the directory or zip that the feed was found in. */
  readonly folder: string;
  /** Table → name of the file in the archive. */
  readonly tables: ReadonlyMap<string, string>;
}

export interface InnerZip {
  readonly folder: string;
  readonly name: string;
}

/** What is where in an archive: feeds, or zips that hold them. */
export interface Layout {
  readonly feeds: readonly FeedLayout[];
  readonly zips: readonly InnerZip[];
  /** Files that are no table, and empty ones. */
  readonly ignored: readonly string[];
}

/**
 * Finds the feeds: the shallowest directories that hold a stops.txt (all of that depth, each named for its directory; `root`
 * names one at the top). Where there is none, the zips inside are the feeds; where there are no zips either, the
 * directory with the most tables, so that what is missing from it can be named.
 */
export function layoutOf(files: readonly ArchiveFile[], root: string): Layout {
  const filled = files.filter(({ bytes }) => bytes > 0).map(({ name }) => name);
  const zips = filled.filter((name) => /\.zip$/i.test(name));
  const stops = filled.filter((name) => baseOf(name) === 'stops.txt').map(directoryOf);
  if (stops.length === 0 && zips.length > 0) {
    return { feeds: [], zips: namedZips(zips), ignored: without(files, zips) };
  }
  const directories = stops.length > 0 ? shallowest(stops) : [fullest(filled)];
  const feeds = directories.map((directory) => ({
    folder: directory === '' ? root : baseOf(directory),
    tables: tablesIn(directory, filled),
  }));
  checkFolders(feeds);
  return {
    feeds,
    zips: [],
    ignored: without(
      files,
      feeds.flatMap(({ tables }) => [...tables.values()]),
    ),
  };
}

/** A zip is named for the directory it is alone in (`11/google_transit.zip` → `11`), else for itself. */
function namedZips(names: readonly string[]): readonly InnerZip[] {
  const zips = names.map((name) => {
    const directory = directoryOf(name);
    const isAlone = names.every((other) => other === name || directoryOf(other) !== directory);
    const stem = baseOf(name).replace(/\.zip$/i, '');
    return { name, folder: directory !== '' && isAlone ? baseOf(directory) : stem };
  });
  checkFolders(zips);
  return zips;
}

/** Two feeds of one name would be one in the tables: their ids mean different things. */
export function checkFolders(feeds: readonly { readonly folder: string }[]): void {
  const twice = feeds.find(({ folder }, index) => feeds.findIndex((other) => other.folder === folder) !== index);
  if (!twice) return;
  const message = `expected each feed of the archive in a folder of its own name, got two named \`${twice.folder}\``;
  throw sourceFailure(message, {
    hint: 'The folder is part of the key of every row; ask the source to tell them apart.',
  });
}

function tablesIn(directory: string, names: readonly string[]): ReadonlyMap<string, string> {
  const prefix = directory === '' ? '' : `${directory}/`;
  const present = new Set(names);
  const tables = Object.keys(gtfsTables).filter((table) => present.has(`${prefix}${table}.txt`));
  return new Map(tables.map((table) => [table, `${prefix}${table}.txt`]));
}

function shallowest(directories: readonly string[]): readonly string[] {
  const depth = Math.min(...directories.map(depthOf));
  return directories.filter((directory) => depthOf(directory) === depth);
}

function fullest(names: readonly string[]): string {
  const directories = [...new Set(['', ...names.map(directoryOf)])];
  return directories.reduce((best, one) => (tablesIn(one, names).size > tablesIn(best, names).size ? one : best));
}

function without(files: readonly ArchiveFile[], used: readonly string[]): readonly string[] {
  const taken = new Set(used);
  return files.map(({ name }) => name).filter((name) => !taken.has(name));
}

function depthOf(directory: string): number {
  return directory === '' ? 0 : directory.split('/').length;
}

function directoryOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
