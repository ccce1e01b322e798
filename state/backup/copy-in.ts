import { once } from 'node:events';
import type { Client, Connection, Submittable } from 'pg';

/** What `pg` has and its types leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/**
 * Sends what `source` gives to a COPY … FROM STDIN and returns how many rows that were. When the source fails nothing of it
 * is kept, and its error is thrown.
 */
export async function copyIn(client: Client, text: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  return await new Promise((resolve, reject) => client.query(new CopyIn(text, source, resolve, reject)));
}

class CopyIn implements Submittable {
  readonly #text: string;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #resolve: (rows: number) => void;
  readonly #reject: (error: unknown) => void;
  #isRefused = false;
  #failure: { readonly error: unknown } | undefined;
  #rows = 0;
  /** `pg` lays its own around it, which ends the deadline of the query. */
  callback: (error?: Error) => void = () => undefined;

  constructor(
    text: string,
    source: AsyncIterable<Uint8Array>,
    resolve: (rows: number) => void,
    reject: (error: unknown) => void,
  ) {
    this.#text = text;
    this.#source = source;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  handleCopyInResponse(connection: Connection): void {
    void this.#send(connection as CopyConnection);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.#resolve(this.#rows);
  }

  /** Also of what the server says to a source that failed. */
  handleError(error: Error): void {
    this.#isRefused = true;
    this.callback(error);
    this.#reject(this.#failure ? this.#failure.error : error);
  }

  async #send(connection: CopyConnection): Promise<void> {
    try {
      for await (const chunk of this.#source) {
        if (this.#isRefused) return;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain) await drained(connection);
      }
      connection.endCopyFrom();
    } catch (error) {
      this.#failure = { error };
      connection.sendCopyFail('what was to be copied could not be read');
    }
  }
}

async function drained({ stream }: CopyConnection): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  over.abort();
}
