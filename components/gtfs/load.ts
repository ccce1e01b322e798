import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFailure } from 'signalbox';
import { type Archive, type ArchiveFile, openArchive } from './archive.ts';
import { inStep } from './in-step.ts';
import { checkFolders, type InnerZip, layoutOf } from './layout.ts';
import type { LoadContext } from './load-context.ts';
import type { GtfsOutput } from './output.ts';
import { missingTables } from './required-tables.ts';
import { type Feed, stageTable, type UnpackedTable, unpackTable } from './table.ts';
import { gtfsTables } from './tables.ts';

export interface FeedFile {
  readonly archive: string;
  readonly contentType?: string;
}

/** What was found in the archive, with the zips to close and to remove. */
interface OpenFeeds {
  readonly feeds: Feed[];
  readonly ignored: string[];
  readonly opened: Archive[];
  readonly unpacked: string[];
}

/** As many feeds in one archive as there are open files to spare. */
const maxFeeds = 100;

/** One is converted while the one before is read back; one more waits, unpacked. */
const stagedAtOnce = 2;

/** Loads a schedule feed, plain or nested, table by table into `gtfs_<table>`: all of it, or nothing and a `source` failure. */
export async function loadFeed(file: FeedFile, context: LoadContext): Promise<GtfsOutput> {
  const found: OpenFeeds = { feeds: [], ignored: [], opened: [], unpacked: [] };
  try {
    await findFeeds(file, context, found);
    checkRequired(found.feeds);
    if (found.ignored.length > 0) context.warn(ignoredWarning(found.ignored));
    return await loadTables(found, context);
  } finally {
    for (const archive of found.opened) archive.close();
    await Promise.all(found.unpacked.map((path) => rm(path, { force: true })));
  }
}

async function loadTables({ feeds, ignored }: OpenFeeds, context: LoadContext): Promise<GtfsOutput> {
  const tables: Record<string, number> = {};
  let quarantined = 0;
  let done = 0;
  const unpacked = unpackTables(feeds, context);
  for await (const loaded of inStep(unpacked, stagedAtOnce, (table) => stageTable(table, context))) {
    context.signal.throwIfAborted();
    tables[loaded.table] = loaded.rows;
    quarantined += loaded.quarantined;
    done += loaded.rows;
    context.progress({ done, unit: 'rows' });
  }
  return { folders: feeds.map(({ folder }) => folder), tables, ignored, quarantined };
}

async function* unpackTables(feeds: readonly Feed[], context: LoadContext): AsyncGenerator<UnpackedTable> {
  for (const table of Object.keys(gtfsTables)) {
    const having = feeds.filter((feed) => feed.tables.has(table));
    if (having.length > 0) yield await unpackTable(table, having, context);
  }
}

async function findFeeds({ archive, contentType }: FeedFile, context: LoadContext, found: OpenFeeds): Promise<void> {
  const { limits, feedName } = context.options;
  const spent = { bytes: 0 };
  const outer = await openArchive({
    path: archive,
    label: 'the feed',
    limits,
    spent,
    ...(contentType ? { contentType } : {}),
  });
  found.opened.push(outer);
  const layout = layoutOf(outer.files, feedName);
  found.ignored.push(...layout.ignored);
  found.feeds.push(...layout.feeds.map((feed) => ({ ...feed, archive: outer })));
  if (layout.zips.length > maxFeeds) throw tooMany(layout.zips.length);
  for (const [index, zip] of layout.zips.entries()) {
    const path = join(context.scratch, `inner-${index}.zip`);
    found.unpacked.push(path);
    await outer.extract(zip.name, path, context.signal);
    const inner = await openArchive({ path, label: zip.name, limits, spent });
    found.opened.push(inner);
    addInner(zip, inner, found);
  }
  checkFolders(found.feeds);
}

/** A zip that holds several feeds makes a folder of each: `north/rail`. */
function addInner(zip: InnerZip, archive: Archive, { feeds, ignored }: OpenFeeds): void {
  const layout = layoutOf(archive.files, zip.folder);
  if (layout.zips.length > 0) throw nestedTwice(zip, archive.files);
  const isAlone = layout.feeds.length === 1;
  for (const { folder, tables } of layout.feeds) {
    feeds.push({ folder: isAlone ? zip.folder : `${zip.folder}/${folder}`, tables, archive });
  }
  ignored.push(...layout.ignored.map((name) => `${zip.name}/${name}`));
}

function checkRequired(feeds: readonly Feed[]): void {
  const lacking = feeds.flatMap(({ folder, tables }) => {
    const missing = missingTables(new Set(tables.keys()));
    return missing.length > 0 ? [{ folder, missing: [...missing] }] : [];
  });
  if (lacking.length === 0) return;
  const list = lacking.map(({ folder, missing }) => `${missing.join(', ')} in folder ${folder}`).join('; ');
  throw sourceFailure(`expected every file that GTFS requires, got none (or an empty one) of ${list}`, {
    hint: 'Nothing of this feed was published; the last version stays.',
    details: { missing: lacking },
  });
}

function nestedTwice(zip: InnerZip, files: readonly ArchiveFile[]) {
  const names = files.map(({ name }) => name).filter((name) => /\.zip$/i.test(name));
  return sourceFailure(`expected ${zip.name} to hold the files of a feed, got zips again: ${names.join(', ')}`, {
    hint: 'One level of zips in a zip is read; ask the source what the inner ones are.',
  });
}

function tooMany(count: number) {
  return sourceFailure(`expected at most ${maxFeeds} zips in the feed, got ${count}`, { retryable: false });
}

function ignoredWarning(ignored: readonly string[]) {
  const message = `ignored ${ignored.length} files that are no GTFS table or are empty: ${ignored.join(', ')}`;
  return { code: 'gtfs_ignored_files', message, count: ignored.length };
}
