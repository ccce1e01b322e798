import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { bySql, runOf, type Violation } from './invariant.ts';

/** Where the datasets of an environment are. */
export interface Storage {
  readonly environment: string;
  /** Absolute. */
  readonly storageRoot: string;
}

export interface FileOptions {
  /** Files and folders that are younger may be of somebody at work. Default 0. */
  readonly patienceMs?: number;
  /** Read every file and compare its sha256. */
  readonly deep?: boolean;
}

interface VersionRow {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly dataset: string;
  readonly path: string;
  readonly bytes: number | string;
  readonly sha256: string;
  /** Of the last success: the next run makes it again. */
  readonly isLast: boolean;
}

const pageSize = 1_000;

const versionsText = `
select v.id, v.environment, v.dag, v.component, v.dataset, v.path, v.bytes, v.sha256, exists (
    select from signalbox.claim k
    where k.environment = v.environment and k.dag = v.dag and k.component = v.component
      and v.component_run_id in (k.component_run_id, k.last_success)) as "isLast"
from signalbox.dataset_version v where v.environment = $1 and v.id > $2 order by v.id limit ${pageSize}`;

/** Every version has its file; every file of curated data has a version. Changes nothing. */
export async function checkFiles(
  client: Client,
  storage: Storage,
  options: FileOptions,
): Promise<readonly Violation[]> {
  // First: a file that is published meanwhile is younger than the list.
  const named = await filesOf(storage.storageRoot, options.patienceMs ?? 0);
  const violations: Violation[] = [];
  for await (const version of versionsOf(client, storage)) {
    named.delete(version.path);
    const found = await wrongWith(version, join(storage.storageRoot, version.path), options);
    if (found !== undefined) violations.push(misplaced(version, found));
  }
  return [...violations, ...[...named].map((path) => unlisted(join(storage.storageRoot, path)))];
}

async function* versionsOf(client: Client, { environment }: Storage): AsyncGenerator<VersionRow> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await client.query<VersionRow>(versionsText, [environment, last]);
    yield* rows;
    const next = rows.at(-1);
    if (next === undefined || rows.length < pageSize) return;
    last = next.id;
  }
}

/** Relative to the storage root. What `_latest.json` says is the newest version is found by its row. */
async function filesOf(storageRoot: string, patienceMs: number): Promise<Set<string>> {
  const files = new Set<string>();
  for (const dataset of await namesIn(join(storageRoot, 'curated'))) {
    if (dataset.startsWith('.')) continue;
    for (const name of await namesIn(join(storageRoot, 'curated', dataset))) {
      const path = join('curated', dataset, name);
      if (name !== '_latest.json' && (await isOld(join(storageRoot, path), patienceMs))) files.add(path);
    }
  }
  return files;
}

async function wrongWith(
  { bytes, sha256 }: VersionRow,
  file: string,
  { deep = false }: FileOptions,
): Promise<string | undefined> {
  const stats = await statOf(file);
  if (stats === undefined) return 'is gone';
  if (stats.size !== Number(bytes)) return `has ${stats.size} bytes in place of ${bytes}`;
  if (!deep) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const got = hash.digest('hex');
  return got === sha256 ? undefined : `has sha256 ${got} in place of ${sha256}`;
}

function misplaced(version: VersionRow, found: string): Violation {
  const { id, environment, dag, dataset, path, isLast } = version;
  const forget = bySql(`delete from dataset_version where id = '${id}'`);
  return {
    invariant: 'versions-have-their-file',
    rule: 'every version of a dataset has its file, as long as it was published',
    found: `file ${path} of version ${id} of ${dataset} (${dag} in ${environment}) ${found}`,
    mend: isLast ? runOf(version) : `Put it back from a copy; or forget that version: ${forget}`,
  };
}

function unlisted(file: string): Violation {
  return {
    invariant: 'files-have-their-version',
    rule: 'every file of curated data is of a version',
    found: `${file} is of no version`,
    mend: `Whoever goes by the manifest does not read it: rm '${file}'`,
  };
}

export async function isOld(path: string, patienceMs: number): Promise<boolean> {
  const stats = await statOf(path);
  return stats !== undefined && stats.ctimeMs <= Date.now() - patienceMs;
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}
