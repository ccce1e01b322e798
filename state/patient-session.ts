import type { Client } from 'pg';
import type { Patience } from './patience.ts';
import type { Session } from './session.ts';
import type { Trouble } from './trouble.ts';
import { retryWhileAway } from './writer/retry.ts';

/** Keyed work: doing it a second time changes nothing and gives the same answer. */
export type Job<Result> = (client: Client, isRepeated: boolean) => Promise<Result>;

/** One connection for work that is done again while the database is away. */
export class PatientSession {
  readonly #session: Session;
  readonly #patience: Patience;
  readonly #trouble: Trouble;

  constructor(session: Session, patience: Patience, trouble: Trouble) {
    this.#session = session;
    this.#patience = patience;
    this.#trouble = trouble;
  }

  get place(): string {
    return this.#session.place;
  }

  /** `doing` completes "waiting for the database to". Throws what the database said last, once it was away for too long. */
  async repeat<Result>(doing: string, job: Job<Result>): Promise<Result> {
    const sinceMs = performance.now();
    const result = await retryWhileAway((isRepeated) => this.#session.exclusive((client) => job(client, isRepeated)), {
      endMs: () => this.#patience.endMs(sinceMs),
      onAway: (error, tries) => this.#trouble.away(error, doing, { tries, sinceMs }),
    });
    this.#trouble.back();
    return result;
  }
}
