import type { Column, QuarantinedRecord, StagedDataset } from './dataset.ts';
import type { HttpClient } from './http.ts';
import type { JsonObject } from './json.ts';
import type { Warning } from './outcome.ts';
import type { LandedSource } from './source.ts';
import type { Trigger } from './status.ts';

/** From `start` (in it) to `end` (not in it). */
export interface DataInterval {
  readonly start: Date;
  readonly end: Date;
}

export interface RunInfo {
  readonly id: string;
  readonly dag: string;
  readonly environment: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  /** The instant of the schedule that the run was made for; absent for a manual one. */
  readonly slot?: Date;
  /** The instant for which the run answers: its slot, else its start. */
  readonly asOf: Date;
}

export interface Logger {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** How far an attempt is; shown live. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'rows' | 'bytes' | 'pages' | 'files';
}

/** Folders of one attempt. All of them exist; scratch is removed when the attempt ends, staging unless it is published. */
export interface Files {
  /** For whatever the work needs on the way. */
  readonly scratch: string;
  /** For files to publish. */
  readonly staging: string;
  /** Keeps a record that did not pass, and counts it. */
  quarantine(record: QuarantinedRecord): Promise<void>;
}

export interface StageOptions {
  /** Columns that change although the data do not (a feed's own timestamp): published, left out of the digest. */
  readonly volatile?: readonly string[];
}

/** One value of a row made in JavaScript: a bigint keeps its digits, undefined is null. */
export type CellValue = string | number | bigint | boolean | null | undefined;

/** A DuckDB in memory, bounded in memory and threads, closed when the attempt ends. */
export interface Sql {
  run(statement: string, parameters?: readonly (string | number | boolean | null)[]): Promise<void>;
  rows(
    statement: string,
    parameters?: readonly (string | number | boolean | null)[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Writes the rows of `query` as zstd Parquet into staging and hands it in for publication as `dataset`. */
  stage(dataset: string, query: string, options?: StageOptions): Promise<StagedDataset>;
  /**
   * The same for rows made in JavaScript, each with one value per column, in the order of `columns`. Zero rows make a
   * version too. Throws when a row has another width, or a value that its column's type cannot hold. For what fits in
   * memory: bulk files go through `run` and `stage`.
   */
  stageRows(
    dataset: string,
    columns: readonly Column[],
    rows: Iterable<readonly CellValue[]>,
    options?: StageOptions,
  ): Promise<StagedDataset>;
}

/** Everything that a component sees of the world. */
export interface ComponentContext<Inputs = Readonly<Record<string, unknown>>, Params extends JsonObject = JsonObject> {
  readonly params: Params;
  readonly run: RunInfo;
  /** 1 for the first try. */
  readonly attempt: number;
  /**
   * What the run is to work on: from the slot before to the newest one at `run.asOf`, by the component's own schedule, else
   * the DAG's. Without any schedule both ends are `run.asOf`.
   */
  readonly interval: DataInterval;
  /** Outputs of the direct upstreams, by the names given in `dependsOn`. */
  readonly inputs: Inputs;
  /** True when an optional upstream failed and this runs without it. */
  readonly degraded: boolean;
  /** The live base URL, or the sandbox's. No trailing slash. */
  readonly baseUrl: string;
  /** Aborts, with the reason, at the deadline and when the run is stopped. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly http: HttpClient;
  readonly files: Files;
  /** Only the secrets that the component declares. */
  readonly secrets: Readonly<Record<string, string>>;
  progress(progress: Progress): void;
  warn(warning: Warning): void;
  /** The landed bodies of a declared source: what the probe brought, fetched now if it brought nothing. */
  source(id: string): Promise<LandedSource>;
  sql(): Promise<Sql>;
}
