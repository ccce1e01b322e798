import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Sql, StageOptions } from '../../model/context.ts';
import type { StagedDataset } from '../../model/dataset.ts';
import { FailureError } from '../../model/failure.ts';
import { sqlText } from './quote.ts';
import { settleDataset, writeDataset } from './stage.ts';
import { withRows } from './stage-rows.ts';
import { takeTurns } from './turns.ts';

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
  /** Single files that statements may read, wherever they lie. Only together with `folders`. */
  readonly files?: readonly string[];
  /** Interrupts the statement that runs. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a DuckDB in memory. Statements and stages run one after another, in the order in which they were asked for. What a
 * stage has written is read back beside the statements that follow.
 */
export async function openSql(options: SqlOptions): Promise<Sql & { close(): void }> {
  const { instance, connection, reader } = await connect(options);
  const { signal } = options;
  const staged = new Set<string>();
  const inTurn = takeTurns(signal);
  const inTurnOfReader = takeTurns(signal);
  const write = async (dataset: string, query: string) => {
    checkDataset(dataset, staged);
    await writeDataset(connection, options.staging, dataset, query);
    staged.add(dataset);
  };
  const settle = (dataset: string, stageOptions?: StageOptions) =>
    inTurnOfReader(async () => {
      const done = await settleDataset(reader, options.staging, dataset, stageOptions);
      options.onStaged(done);
      return done;
    });
  const stopInterrupting = interruptOnAbort([connection, reader], signal);
  return {
    run: (statement, parameters = []) => inTurn(async () => void (await connection.run(statement, [...parameters]))),
    rows: (statement, parameters = []) =>
      inTurn(async () => (await connection.runAndReadAll(statement, [...parameters])).getRowObjectsJS()),
    stage: async (dataset, query, stageOptions) => {
      await inTurn(() => write(dataset, query));
      return settle(dataset, stageOptions);
    },
    stageRows: async (dataset, columns, rows, stageOptions) => {
      await inTurn(() => withRows(connection, columns, rows, (query) => write(dataset, query)));
      return settle(dataset, stageOptions);
    },
    close: () => {
      stopInterrupting();
      reader.closeSync();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function connect(options: SqlOptions) {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryLimitMb}MiB`,
    threads: String(options.threads),
    temp_directory: options.tempDirectory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const [connection, reader] = [await instance.connect(), await instance.connect()];
  await connection.run("SET TimeZone = 'UTC'");
  if (options.folders) {
    const folders = [options.staging, options.tempDirectory, ...options.folders].map(sqlText).join(', ');
    await connection.run(`SET allowed_directories = [${folders}]`);
    if (options.files?.length) await connection.run(`SET allowed_paths = [${options.files.map(sqlText).join(', ')}]`);
    await connection.run('SET enable_external_access = false');
  }
  await connection.run('SET lock_configuration = true');
  return { instance, connection, reader };
}

const interruptEveryMs = 50;

/** Asks more than once: an interrupt that comes between two statements, or before one has begun, is lost. */
function interruptOnAbort(connections: readonly DuckDBConnection[], signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interruptAll = () => {
    for (const connection of connections) connection.interrupt();
  };
  const interrupt = () => {
    interruptAll();
    timer = setInterval(interruptAll, interruptEveryMs).unref();
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
