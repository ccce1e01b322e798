import type { Client } from 'pg';
import { toJsonText } from '../json-text.ts';
import { newId } from '../new-id.ts';
import { type CleanStep, cleanSteps } from './clean-steps.ts';

export interface CleanRequest {
  readonly environment: string;
  /** What ended before is removed, as far as nothing that is decided later hangs on it. */
  readonly before: Date;
  /** Versions of datasets that were published before; undefined keeps them all. */
  readonly versionsBefore: Date | undefined;
  readonly who: string;
  readonly at: Date;
}

/** How many rows of which table. */
export type CleanCounts = Readonly<Record<string, number>>;

/** Hears of files that are no longer on record, relative to the storage root. */
type OnPaths = (paths: readonly string[]) => Promise<void>;

interface Batch {
  readonly last: string | null;
  readonly counts: CleanCounts;
  readonly paths?: readonly string[] | null;
}

/** Rows that are looked at in one statement, which is one transaction: nobody is kept waiting for long. */
const batchSize = 5_000;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * Removes history batch by batch, and leaves a row in `audit`: a crash on the way leaves less history, and nothing broken.
 */
export async function removeOld(client: Client, request: CleanRequest, onPaths: OnPaths): Promise<CleanCounts> {
  const removed: Record<string, number> = {};
  for (const step of cleanSteps) {
    for await (const { counts, paths } of batchesOf(client, request, step)) {
      for (const [table, count] of Object.entries(counts)) removed[table] = (removed[table] ?? 0) + count;
      if (paths) await onPaths(paths);
    }
  }
  await client.query(auditText, [newId(), request.at, request.who, request.environment, detailsOf(request, removed)]);
  return removed;
}

/** What would be removed: it is, and taken back. */
export async function countOld(client: Client, request: CleanRequest, onPaths: OnPaths): Promise<CleanCounts> {
  await client.query('begin');
  try {
    return await removeOld(client, request, onPaths);
  } finally {
    await client.query('rollback');
  }
}

async function* batchesOf(client: Client, request: CleanRequest, { goesBy, sql }: CleanStep): AsyncGenerator<Batch> {
  const before = goesBy === 'versions' ? request.versionsBefore : request.before;
  let last: string | null = before === undefined ? null : beforeAll;
  while (last !== null) {
    const { rows } = await client.query<Batch>(sql, [request.environment, before, last, batchSize]);
    const [batch] = rows;
    if (batch) yield batch;
    last = batch?.last ?? null;
  }
}

const auditText = `
insert into signalbox.audit (id, at, who, environment, action, details) values ($1, $2, $3, $4, 'db_clean', $5::jsonb)`;

function detailsOf({ before, versionsBefore }: CleanRequest, removed: CleanCounts): string {
  return toJsonText({ before, ...(versionsBefore ? { versionsBefore } : {}), removed });
}
