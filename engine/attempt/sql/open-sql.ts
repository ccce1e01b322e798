import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Sql, StageOptions } from '../../model/context.ts';
import type { StagedDataset } from '../../model/dataset.ts';
import { FailureError } from '../../model/failure.ts';
import { sqlText } from './quote.ts';
import { stageDataset } from './stage.ts';
import { withRows } from './stage-rows.ts';

export interface SqlOptions {
  /** Folder that staged files go into. */
  readonly staging: string;
  /** Folder that DuckDB spills into when the memory limit is reached. */
  readonly tempDirectory: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  /** Hears of each staged dataset once it is durable. */
  readonly onStaged: (dataset: StagedDataset) => void;
  /**
   * Folders, besides the two above, that statements may read and write. When given, DuckDB is shut off from
   * every other path and from the network; when not, from the network only (extensions are never loaded).
   */
  readonly folders?: readonly string[];
  /** Interrupts the statement that runs. */
  readonly signal?: AbortSignal;
}

/** Opens a DuckDB in memory. Statements and stages run one after another, in the order in which they were asked for. */
export async function openSql(options: SqlOptions): Promise<Sql & { close(): void }> {
  const { instance, connection } = await connect(options);
  const { signal } = options;
  const staged = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    last = turn.catch(() => undefined);
    return turn.catch((thrown: unknown) => {
      throw signal?.aborted ? signal.reason : thrown;
    });
  };
  const stage = async (dataset: string, query: string, stageOptions?: StageOptions) => {
    checkDataset(dataset, staged);
    const done = await stageDataset(connection, options.staging, dataset, query, stageOptions);
    staged.add(dataset);
    options.onStaged(done);
    return done;
  };
  const stopInterrupting = interruptOnAbort(connection, signal);
  return {
    run: (statement, parameters = []) => inTurn(async () => void (await connection.run(statement, [...parameters]))),
    rows: (statement, parameters = []) =>
      inTurn(async () => (await connection.runAndReadAll(statement, [...parameters])).getRowObjectsJS()),
    stage: (dataset, query, stageOptions) => inTurn(() => stage(dataset, query, stageOptions)),
    stageRows: (dataset, columns, rows, stageOptions) =>
      inTurn(() => withRows(connection, columns, rows, (query) => stage(dataset, query, stageOptions))),
    close: () => {
      stopInterrupting();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function connect(options: SqlOptions): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryLimitMb}MiB`,
    threads: String(options.threads),
    temp_directory: options.tempDirectory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  if (options.folders) {
    const folders = [options.staging, options.tempDirectory, ...options.folders].map(sqlText).join(', ');
    await connection.run(`SET allowed_directories = [${folders}]`);
    await connection.run('SET enable_external_access = false');
  }
  await connection.run('SET lock_configuration = true');
  return { instance, connection };
}

const interruptEveryMs = 50;

/** Asks more than once: an interrupt that comes between two statements, or before one has begun, is lost. */
function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), interruptEveryMs).unref();
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(timer);
  };
}

/** The name becomes a file name and the key of all versions, so it is checked, never quoted. */
function checkDataset(dataset: string, staged: ReadonlySet<string>): void {
  if (!/^[a-z][a-z0-9_]*$/.test(dataset)) {
    const message = `expected a dataset name such as gtfs_stop_times ([a-z][a-z0-9_]*), got \`${dataset}\``;
    throw new FailureError({ class: 'error', message, retryable: false });
  }
  if (staged.has(dataset)) {
    const message = `expected each dataset to be staged once in an attempt, got ${dataset} twice`;
    throw new FailureError({ class: 'error', message, hint: 'Stage the union of both queries.', retryable: false });
  }
}
