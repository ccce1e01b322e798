import { Client, type QueryConfig } from 'pg';
import { isConnectionLost, isReadOnly } from './connection-error.ts';
import { type ConnectionLimits, withLimits } from './connection-settings.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { endClient } from './end-client.ts';

/** A statement that is prepared once for each connection, under its name: half the time of one that is parsed each time. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One connection, opened when first used, used by one caller at a time, opened anew after it broke. */
export class Session {
  readonly #target: ConnectionTarget;
  readonly #limits: ConnectionLimits;
  #client: Client | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(target: ConnectionTarget, limits: ConnectionLimits) {
    this.#target = target;
    this.#limits = limits;
  }

  get place(): string {
    return this.#target.place;
  }

  /** Gives the connection to `work` alone until it is done. Errors pass through as they are. */
  exclusive<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(() => this.#use(work));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** After whatever waits for its turn. */
  async close(): Promise<void> {
    await this.#turn;
    await this.#discard();
  }

  async #use<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const config = await this.#target.config();
    this.#client ??= await this.#connect(withLimits(config, this.#limits));
    try {
      return await work(this.#client);
    } catch (error) {
      // A database that may be written again says so to new connections only, and a new one may lead to another server.
      if (isConnectionLost(error) || isReadOnly(error)) await this.#discard();
      throw error;
    }
  }

  async #connect(config: ReturnType<typeof withLimits>): Promise<Client> {
    const client = new Client(config);
    const forget = () => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      await endClient(client, this.#limits.endMs);
      throw error;
    }
    return client;
  }

  async #discard(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client) await endClient(client, this.#limits.endMs);
  }
}

/** One transaction: committed when `work` is done, rolled back when it throws. `begin` may hold more than BEGIN. */
export async function inTransaction<Result>(
  client: Client,
  work: () => Promise<Result>,
  begin: string | QueryConfig = 'begin',
): Promise<Result> {
  try {
    await client.query(begin);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    if (!isConnectionLost(error)) await client.query('rollback');
    throw error;
  }
}
