import { type EmbeddedLayout, embeddedLayout } from './layout.ts';
import { leaveServer } from './leave-server.ts';
import type { EmbeddedConnection } from './lock-connection.ts';
import { type ReachedServer, reachServer } from './reach-server.ts';

export interface OpenEmbeddedOptions {
  /** The absolute `.signalbox` folder. */
  readonly home: string;
  readonly signal?: AbortSignal;
}

export interface EmbeddedServer {
  readonly connection: EmbeddedConnection;
  readonly dataDir: string;
  /** To be awaited before other work: at no cost while the lock is held, else it takes it again. */
  ensureLocked(): Promise<void>;
  /** Stops the server if no other process uses it. End your own connections first: an open one keeps it running. */
  close(): Promise<void>;
}

/** Joins the server of this home, starting it when nobody has; it runs until the last process has closed it. */
export async function openEmbedded({ home, signal }: OpenEmbeddedOptions): Promise<EmbeddedServer> {
  const layout = embeddedLayout(home);
  const server = new SharedServer(layout, await reachServer(layout, signal));
  if (signal?.aborted) {
    await server.close();
    signal.throwIfAborted();
  }
  return server;
}

class SharedServer implements EmbeddedServer {
  readonly #layout: EmbeddedLayout;
  #reached: ReachedServer;
  #retaking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(layout: EmbeddedLayout, reached: ReachedServer) {
    this.#layout = layout;
    this.#reached = reached;
  }

  /** May name another socket folder after the lock was taken again. */
  get connection(): EmbeddedConnection {
    return this.#reached.connection;
  }

  get dataDir(): string {
    return this.#layout.dataDir;
  }

  async ensureLocked(): Promise<void> {
    if (this.#closing) throw new Error('Internal error: the embedded database was used after it was closed');
    if (!this.#reached.lock.isBroken) return;
    this.#retaking ??= this.#retake().finally(() => {
      this.#retaking = undefined;
    });
    await this.#retaking;
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #retake(): Promise<void> {
    this.#reached = await reachServer(this.#layout);
  }

  async #leave(): Promise<void> {
    // Whoever asked for the lock hears of a failure; here only its end matters.
    await this.#retaking?.catch(() => undefined);
    await leaveServer(this.#layout, this.#reached.lock);
  }
}
