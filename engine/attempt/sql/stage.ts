import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StageOptions } from '../../model/context.ts';
import type { StagedDataset } from '../../model/dataset.ts';
import { FailureError } from '../../model/failure.ts';
import { readContents } from './digest.ts';
import { sqlText } from './quote.ts';

/** Writes the rows of `query` as `<staging>/<dataset>.parquet`, durable, and says what is in it. */
export async function stageDataset(
  connection: DuckDBConnection,
  staging: string,
  dataset: string,
  query: string,
  options: StageOptions = {},
): Promise<StagedDataset> {
  const file = `${dataset}.parquet`;
  const path = join(staging, file);
  try {
    await connection.run(`COPY (${query}\n) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    await makeDurable(path);
    const volatile = options.volatile ?? [];
    const { rows, schema, digest } = await readContents(connection, path, volatile);
    const strangers = volatile.filter((name) => !schema.some((column) => column.name === name));
    if (strangers.length > 0) throw unknownVolatile(dataset, strangers);
    return { dataset, file, rows, bytes: (await stat(path)).size, sha256: await sha256Of(path), digest, schema };
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  }
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
