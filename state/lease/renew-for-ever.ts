import type { Client, ClientConfig } from 'pg';

/** What the thread is told. Everything in it is data. */
export interface LeaseOrder {
  readonly owner: string;
  readonly leaseMs: number;
  readonly everyMs: number;
  /** After a failure. */
  readonly againMs: number;
  readonly connection: ClientConfig;
  readonly renewText: string;
}

/**
 * Renews the lease until the owner is found dead, on a connection for each time, so that none is kept. The text of this
 * function is what the thread runs: it may use nothing but its arguments.
 */
export async function renewForEver(order: LeaseOrder, connect: new (config: ClientConfig) => Client): Promise<void> {
  const { owner, leaseMs, everyMs, againMs, connection, renewText } = order;
  const renewed = async (): Promise<boolean | undefined> => {
    const client = new connect(connection);
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query(renewText, [owner, leaseMs])).rowCount === 1;
    } catch {
      return undefined;
    } finally {
      await client.end().catch(() => {});
    }
  };
  for (let isHeld = await renewed(); isHeld !== false; isHeld = await renewed()) {
    const restMs = isHeld ? everyMs : againMs;
    await new Promise((resolve) => {
      setTimeout(resolve, restMs);
    });
  }
}
