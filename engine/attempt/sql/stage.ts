import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StageOptions } from '../../model/context.ts';
import type { StagedDataset } from '../../model/dataset.ts';
import { onDisk } from '../../model/disk-failure.ts';
import { FailureError } from '../../model/failure.ts';
import { readContents } from './digest.ts';
import { sqlText } from './quote.ts';

/** Writes the rows of `query` as `<staging>/<dataset>.parquet`. */
export async function writeDataset(connection: DuckDBConnection, staging: string, dataset: string, query: string) {
  const path = join(staging, fileOf(dataset));
  try {
    await connection.run(`COPY (${query}\n) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
  } catch (thrown) {
    await removeStaged(path);
    throw thrown;
  }
}

/** What resists goes with the whole folder. */
async function removeStaged(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Makes a dataset that was written durable, and says what is in it. */
export async function settleDataset(
  reader: DuckDBConnection,
  staging: string,
  dataset: string,
  { volatile = [] }: StageOptions = {},
): Promise<StagedDataset> {
  const file = fileOf(dataset);
  const path = join(staging, file);
  const reading = readContents(reader, path, volatile);
  try {
    const [{ rows, schema, digest }, sha256, { size: bytes }] = await Promise.all([
      reading,
      onDisk('read', path, () => sha256Of(path)),
      onDisk('read', path, () => stat(path)),
      onDisk('write', path, () => makeDurable(path)),
    ]);
    const strangers = volatile.filter((name) => !schema.some((column) => column.name === name));
    if (strangers.length > 0) throw unknownVolatile(dataset, strangers);
    return { dataset, file, rows, bytes, sha256, digest, schema };
  } catch (thrown) {
    // Its connection may be closed next, which must not happen under it.
    await Promise.allSettled([reading]);
    await removeStaged(path);
    throw thrown;
  }
}

function fileOf(dataset: string): string {
  return `${dataset}.parquet`;
}

function unknownVolatile(dataset: string, names: readonly string[]): FailureError {
  const message = `expected the volatile columns to be columns of ${dataset}, got ${names.join(', ')}`;
  return new FailureError({ class: 'error', message, retryable: false });
}

async function makeDurable(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
