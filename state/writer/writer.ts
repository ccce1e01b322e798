import { setImmediate as yieldOnce } from 'node:timers/promises';
import type { Client } from 'pg';
import { databaseFailure, isWorthRetrying } from '../connection-error.ts';
import type { Job, PatientSession } from '../patient-session.ts';
import { type BatchEntry, type QueuedMove, takeBatch } from './batch.ts';
import { findRecorded, sendMoves } from './flush.ts';
import type { Move } from './move.ts';

interface QueuedJob {
  run(): Promise<void>;
  fail(error: Error): void;
}

const DOING = 'record what happened';

/**
 * The one place of this process that writes history. Moves queue up and are sent together: whatever came while the
 * last batch was on its way shares the next statement and its commit. Before a batch is taken the event loop is left
 * to turn once, so that a short component's start and finish share one too.
 */
export class Writer {
  readonly #session: PatientSession;
  #moves: readonly QueuedMove[] = [];
  #arriving: QueuedMove[] = [];
  #jobs: QueuedJob[] = [];
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(session: PatientSession) {
    this.#session = session;
  }

  /** True when the row moved and is durable, false when it was not where the move starts from. */
  move(move: Move): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#arriving.push({ move, settle: resolve, fail: reject });
      this.#wake(reject);
    });
  }

  /** Anything else that is written: in turn with the batches, and again while the database is away. */
  job<Result>(job: Job<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ run: async () => resolve(await this.#session.repeat(DOING, job)), fail: reject });
      this.#wake(reject);
    });
  }

  /** Resolves when all that was asked for is recorded or has failed. Nothing more may be asked then. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
  }

  #wake(reject: (error: Error) => void): void {
    if (this.#isClosed) reject(new Error('Internal error: the state was written to after it was closed'));
    else this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      while (this.#jobs.length + this.#moves.length + this.#arriving.length > 0) {
        await yieldOnce();
        await this.#runJobs();
        await this.#flush();
      }
    } finally {
      this.#draining = undefined;
    }
  }

  async #runJobs(): Promise<void> {
    for (const job of this.#jobs.splice(0)) {
      try {
        await job.run();
      } catch (error) {
        this.#fail([job], error);
      }
    }
  }

  async #flush(): Promise<void> {
    const { batch, rest } = takeBatch([...this.#moves, ...this.#arriving.splice(0)]);
    this.#moves = rest;
    if (batch.length === 0) return;
    try {
      settle(batch, await this.#record(batch));
    } catch (error) {
      if (batch.length === 1 || isWorthRetrying(error))
        this.#fail(
          batch.flatMap(({ waiting }) => waiting),
          error,
        );
      else await this.#flushOneByOne(batch);
    }
  }

  /** The database refuses the statement because of one of its moves: only that one's caller is to hear of it. */
  async #flushOneByOne(batch: readonly BatchEntry[]): Promise<void> {
    for (const entry of batch) {
      try {
        settle([entry], await this.#record([entry]));
      } catch (error) {
        this.#fail(entry.waiting, error);
      }
    }
  }

  #record(batch: readonly BatchEntry[]): Promise<ReadonlySet<string>> {
    const moves = batch.map(({ move }) => move);
    return this.#session.repeat(DOING, (client, isRepeated) =>
      isRepeated ? resendMoves(client, moves) : sendMoves(client, moves),
    );
  }

  /** When the database stayed away for as long as anybody waits, those who still queue have waited long enough as well. */
  #fail(waiting: readonly { fail(error: Error): void }[], error: unknown): void {
    const failure = databaseFailure(error, this.#session.place, DOING);
    for (const caller of waiting) caller.fail(failure);
    if (!isWorthRetrying(error)) return;
    const others = [...this.#jobs.splice(0), ...this.#moves, ...this.#arriving.splice(0)];
    this.#moves = [];
    for (const caller of others) caller.fail(failure);
  }
}

/**
 * After a cut nobody knows whether the batch was committed. What is on record is not sent again, and what is refused
 * now is looked up once more: the first statement may have been committed in between.
 */
async function resendMoves(client: Client, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  const recorded = new Set(await findRecorded(client, moves));
  const open = moves.filter(({ id }) => !recorded.has(id));
  if (open.length === 0) return recorded;
  for (const id of await sendMoves(client, open)) recorded.add(id);
  for (const id of await findRecorded(client, open)) recorded.add(id);
  return recorded;
}

function settle(batch: readonly BatchEntry[], moved: ReadonlySet<string>): void {
  for (const { move, waiting } of batch) for (const queued of waiting) queued.settle(moved.has(move.id));
}
