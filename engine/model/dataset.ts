import type { JsonObject } from './json.ts';

export interface Column {
  readonly name: string;
  /** DuckDB's name of the type: `VARCHAR`, `INTEGER`, `DOUBLE`, `DATE`, `TIMESTAMP WITH TIME ZONE`, … */
  readonly type: string;
}

/** One table that an attempt has written into its staging folder and wants published. */
export interface StagedDataset {
  /** Also the stem of the published file: `[a-z][a-z0-9_]*`. */
  readonly dataset: string;
  /** Name of the file in the staging folder; never a path. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** sha256 (hex) of the file. */
  readonly sha256: string;
  /** Digest over schema and rows, order-free, minus volatile columns: equal data in another file is equal. */
  readonly digest: string;
  readonly schema: readonly Column[];
}

/** A published, immutable version of a dataset, as the manifest has it. */
export interface DatasetVersion extends Omit<StagedDataset, 'file'> {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly componentRunId: string;
  /** Relative to the storage root of the environment: `curated/<dataset>/<file>`. */
  readonly path: string;
  readonly publishedAt: Date;
  readonly evidence: JsonObject;
}

/** A record or file that did not pass and is kept, raw, beside the data that did. */
export interface QuarantinedRecord {
  readonly dataset: string;
  /** Where it came from, a logical name such as `11/stop_times.txt`. */
  readonly file: string;
  /** First physical line, 1-based. */
  readonly line?: number;
  /** How many physical lines it covers; default 1. */
  readonly lines?: number;
  readonly reason: string;
  readonly raw: string;
}
