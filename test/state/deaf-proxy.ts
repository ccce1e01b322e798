import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestDatabase } from '../harness/postgres.ts';

/** Stands between an engine and its database, and can lose the answer to what the database has done. */
export interface DeafProxy {
  readonly url: string;
  /** Cuts the connection when the next answer comes, instead of passing it on. Resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function startDeafProxy({ config }: TestDatabase): Promise<DeafProxy> {
  const sockets = new Set<Socket>();
  let onLost: (() => void) | undefined;
  const server = createServer((client) => {
    const host = config.host ?? 'localhost';
    const port = config.port ?? 5432;
    const upstream = host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream);
    // The server answers a statement when its commit is durable, so an answer that comes says that it is.
    upstream.on('data', (answer) => {
      if (onLost) {
        client.destroy();
        upstream.destroy();
        onLost();
        onLost = undefined;
      } else {
        client.write(answer);
      }
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const user = encodeURIComponent(String(config.user));
  const password = typeof config.password === 'string' ? `:${encodeURIComponent(config.password)}` : '';
  return {
    url: `postgres://${user}${password}@127.0.0.1:${port}/${config.database}?sslmode=disable`,
    loseNextAnswer: () =>
      new Promise((resolve) => {
        onLost = resolve;
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
