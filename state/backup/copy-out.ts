import { Readable } from 'node:stream';
import type { Client, Connection, Submittable } from 'pg';

/** Rows come one by one, a few hundred bytes each: whoever reads gets them by the armful. */
const armful = 64 * 1_024;

/**
 * What a COPY … TO STDOUT gives, as a stream (PostgreSQL: Frontend/Backend Protocol, COPY Operations). `pg` hands its
 * messages to any query that has these methods. A reader who stops early costs the connection: there is no other way out.
 */
export class CopyOut extends Readable implements Submittable {
  readonly #text: string;
  #connection: Connection | undefined;
  #gathered: Uint8Array[] = [];
  #size = 0;
  #isOver = false;
  /** Known at the end. */
  rows = 0;
  /** `pg` lays its own around it, which ends the deadline of the query. */
  callback: (error?: Error) => void = () => undefined;

  constructor(client: Client, text: string) {
    super();
    this.#text = text;
    client.query(this);
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(this.#text);
  }

  /** The chunk is a view of a buffer that is used again. */
  handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
    this.#gathered.push(Uint8Array.from(chunk));
    this.#size += chunk.length;
    if (this.#size >= armful && !this.#pass()) this.#connection?.stream.pause();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#isOver = true;
    this.callback();
    this.#pass();
    this.push(null);
  }

  handleError(error: Error): void {
    this.#isOver = true;
    this.callback(error);
    this.destroy(error);
  }

  override _read(): void {
    this.#connection?.stream.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isOver) this.#connection?.stream.destroy();
    done(error);
  }

  #pass(): boolean {
    const gathered = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#size = 0;
    return gathered.length === 0 || this.push(gathered);
  }
}
