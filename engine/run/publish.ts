import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DatasetVersion, StagedDataset } from '../model/dataset.ts';
import { diskFailure } from '../model/disk-failure.ts';
import { infraFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { NewId } from '../model/ports.ts';
import { type Manifest, pointTo } from './latest-pointer.ts';
import { removeIfPossible } from './remove-if-possible.ts';

/** One attempt's files on their way from staging to their final names. */
export interface Publication {
  readonly storageRoot: string;
  readonly staging: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly componentRunId: string;
  readonly publishedAt: Date;
  readonly evidence: JsonObject;
  /** False for a version of the past: the pointers for readers stay where they are. */
  readonly advances: boolean;
  /** Paths of the version before this one, which are in the manifest although their files may be gone. */
  readonly taken: ReadonlySet<string>;
  readonly newId: NewId;
}

const namesTried = 1_000;

/**
 * Gives each staged file its final name, by link and so never over another, and makes the names durable. Nothing is
 * published yet: that is the commit of the manifest. Throws an infra FailureError, having taken back what it linked; what
 * resists that is taken back by a sweep, as long as the staging folder is there.
 */
export function linkDatasets(staged: readonly StagedDataset[], publication: Publication): readonly DatasetVersion[] {
  const versions: DatasetVersion[] = [];
  try {
    for (const dataset of staged) versions.push(linkOne(dataset, publication));
    for (const folder of new Set(['curated', ...versions.map(({ path }) => dirname(path))])) {
      syncFolder(join(publication.storageRoot, folder));
    }
  } catch (cause) {
    unlinkDatasets(versions, publication.storageRoot);
    throw diskFailure(cause, 'publish into', placeOf(cause, publication));
  }
  return versions;
}

/** The error of a call on an open folder names none. */
function placeOf(error: unknown, { storageRoot }: Publication): string {
  const { dest, path } = error as NodeJS.ErrnoException & { readonly dest?: string };
  return dest ?? path ?? join(storageRoot, 'curated');
}

/** Takes the names back when they came to nothing. One that resists keeps its staging folder, by which a sweep finds it. */
export function unlinkDatasets(versions: readonly DatasetVersion[], storageRoot: string): void {
  for (const { path } of versions) removeIfPossible(join(storageRoot, path));
}

/**
 * After the commit: the pointers for readers without a database, each replaced in one step; then the staging folder goes.
 * One that cannot be written keeps no other from it. Throws an AggregateError of what went wrong.
 */
export async function finishPublication(
  versions: readonly DatasetVersion[],
  { staging, storageRoot, advances }: Pick<Publication, 'staging' | 'storageRoot' | 'advances'>,
  manifest: Manifest,
): Promise<void> {
  const pointers = (advances ? versions : []).map((version) => pointTo(version, storageRoot, manifest));
  // Last: as long as it is there, a sweep sees that the pointers may be old.
  const steps = [...pointers, rm(staging, { recursive: true, force: true })];
  const troubles = (await Promise.allSettled(steps)).flatMap((step) =>
    step.status === 'rejected' ? [step.reason] : [],
  );
  if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(({ message }: Error) => message).join('; '));
}

/** Published files of a version that are gone, have another size, or cannot be looked at. */
export function missingFiles(versions: readonly DatasetVersion[], storageRoot: string): readonly string[] {
  return versions.filter(({ path, bytes }) => sizeOf(join(storageRoot, path)) !== bytes).map(({ path }) => path);
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

function linkOne(staged: StagedDataset, publication: Publication): DatasetVersion {
  const { storageRoot, staging, taken: _taken, newId, ...rest } = publication;
  const folder = join('curated', staged.dataset);
  mkdirSync(join(storageRoot, folder), { recursive: true });
  const path = linkToFreeName(join(staging, basename(staged.file)), folder, staged.dataset, publication);
  const { file: _file, ...content } = staged;
  return { ...content, ...rest, id: newId(), path };
}

function linkToFreeName(
  from: string,
  folder: string,
  dataset: string,
  { storageRoot, publishedAt, taken }: Publication,
): string {
  for (let copy = 1; copy <= namesTried; copy += 1) {
    const path = join(folder, `${dataset}_${timestamp(publishedAt)}${copy === 1 ? '' : `-${copy}`}.parquet`);
    if (taken.has(path)) continue;
    try {
      linkSync(from, join(storageRoot, path));
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw infraFailure(`expected a free name for ${dataset}, got ${namesTried} versions of it in one second`);
}

/** `20261121T093015Z` (ISO 8601 basic format, UTC). */
function timestamp(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
