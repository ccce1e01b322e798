import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { QuarantinedRecord, StagedDataset, Warning } from 'signalbox';
import { onTestFinished } from 'vitest';
import { defaultLimits } from '../../../components/gtfs/archive-limits.ts';
import { loadFeed } from '../../../components/gtfs/load.ts';
import type { LoadOptions } from '../../../components/gtfs/load-context.ts';
import type { GtfsOutput } from '../../../components/gtfs/output.ts';
import { openSql } from '../../../engine/attempt/sql/open-sql.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What one loading left behind, readable until the test ends. */
export interface Loaded {
  readonly output: GtfsOutput;
  readonly staged: readonly StagedDataset[];
  readonly warnings: readonly Warning[];
  readonly quarantined: readonly QuarantinedRecord[];
  /** Rows as a reader sees them that shares no code with the loader. */
  readonly rows: (table: string) => Promise<readonly Row[]>;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gtfs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function load(
  archive: string,
  options: Partial<LoadOptions> & { readonly contentType?: string; readonly signal?: AbortSignal } = {},
): Promise<Loaded> {
  const { contentType, signal = new AbortController().signal, ...rest } = options;
  const folder = temporaryFolder();
  const [staging, scratch] = [join(folder, 'staging'), join(folder, 'scratch')];
  for (const path of [staging, scratch]) mkdirSync(path);
  const staged: StagedDataset[] = [];
  const warnings: Warning[] = [];
  const quarantined: QuarantinedRecord[] = [];
  const sql = await openSql({
    staging,
    tempDirectory: join(folder, 'spill'),
    folders: [scratch],
    memoryLimitMb: 256,
    threads: 2,
    onStaged: (dataset) => staged.push(dataset),
  });
  try {
    const output = await loadFeed(
      { archive, ...(contentType ? { contentType } : {}) },
      {
        scratch,
        sql,
        signal,
        options: { maxQuarantinedShare: 0.01, feedName: 'feed', limits: defaultLimits, ...rest },
        quarantine: (record) => Promise.resolve(void quarantined.push(record)),
        warn: (warning) => void warnings.push(warning),
        progress: () => undefined,
      },
    );
    return {
      output,
      staged,
      warnings,
      quarantined,
      rows: (table) => readParquet(join(staging, `gtfs_${table}.parquet`)),
    };
  } finally {
    sql.close();
  }
}

async function readParquet(path: string): Promise<readonly Row[]> {
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return parquetReadObjects({ file, compressors });
}
