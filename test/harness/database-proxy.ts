import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestDatabase } from './postgres.ts';

/** Stands between an engine and its database, and fails as networks and servers do, when the test says so. */
export interface DatabaseProxy {
  readonly url: string;
  /** Connections that it holds now. */
  readonly connections: number;
  /** Cuts the connection when the next answer comes, instead of passing it on. Resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
  /** Passes nothing on any more, in neither direction, and keeps what comes: a server that stands still. */
  stall(): void;
  /** Takes what comes and loses it, without a word to the other side: a half-open connection. */
  swallow(): void;
  /** Cuts what is open and lets nobody in: a server that is down. */
  refuse(): void;
  /** Cuts what is open, and tells who comes that there are too many already. */
  fill(): void;
  /** As it should be, from now on; what a stall has kept is passed on. */
  heal(): void;
  close(): Promise<void>;
}

type Mode = 'well' | 'stalled' | 'swallowing' | 'refusing' | 'full';

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** What a stall keeps, in its order. */
  readonly kept: (() => void)[];
}

/** What is the same for every connection. */
interface Faults {
  mode: Mode;
  onLost: (() => void) | undefined;
  readonly pairs: Set<Pair>;
}

export async function startDatabaseProxy({ config }: Pick<TestDatabase, 'config'>): Promise<DatabaseProxy> {
  const faults: Faults = { mode: 'well', onLost: undefined, pairs: new Set() };
  const server = createServer((client) => accept(client, config, faults));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = () => {
    for (const { client, upstream } of faults.pairs) for (const socket of [client, upstream]) socket.destroy();
  };
  return {
    url: urlOf(server, config),
    get connections() {
      return faults.pairs.size;
    },
    loseNextAnswer: () =>
      new Promise((resolve) => {
        faults.onLost = resolve;
      }),
    stall: () => {
      faults.mode = 'stalled';
    },
    swallow: () => {
      faults.mode = 'swallowing';
    },
    refuse: () => {
      faults.mode = 'refusing';
      cutAll();
    },
    fill: () => {
      faults.mode = 'full';
      cutAll();
    },
    heal: () => {
      faults.mode = 'well';
      for (const { kept } of faults.pairs) for (const passOn of kept.splice(0)) passOn();
    },
    close: async () => {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}

function accept(client: Socket, { host = 'localhost', port = 5432 }: TestDatabase['config'], faults: Faults): void {
  client.on('error', () => undefined);
  if (faults.mode === 'refusing') return void client.destroy();
  if (faults.mode === 'full') return void client.once('data', () => client.end(tooMany()));
  const upstream = host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
  upstream.on('error', () => undefined);
  const pair: Pair = { client, upstream, kept: [] };
  faults.pairs.add(pair);
  client.on('data', (question: Buffer) => pass(pair, faults, () => upstream.write(question)));
  // The server answers a statement when its commit is durable, so an answer that comes says that it is.
  upstream.on('data', (answer: Buffer) => pass(pair, faults, () => answerWith(pair, answer, faults)));
  upstream.on('close', () => pass(pair, faults, () => client.destroy()));
  // What the server was told before goes on to it, also when nobody waits for the answer any more.
  client.on('close', () => pass(pair, faults, () => upstream.end(() => faults.pairs.delete(pair))));
}

function pass({ kept }: Pair, { mode }: Faults, act: () => void): void {
  if (mode === 'stalled') kept.push(act);
  else if (mode !== 'swallowing') act();
}

function answerWith({ client, upstream }: Pair, answer: Buffer, faults: Faults): void {
  if (!faults.onLost) return void client.write(answer);
  client.destroy();
  upstream.destroy();
  faults.onLost();
  faults.onLost = undefined;
}

/** ErrorResponse, as a server sends it: https://www.postgresql.org/docs/current/protocol-message-formats.html */
function tooMany(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0');
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function urlOf(server: Server, { user, password, database }: TestDatabase['config']): string {
  const { port } = server.address() as AddressInfo;
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  return `postgres://${encodeURIComponent(String(user))}${secret}@127.0.0.1:${port}/${database}?sslmode=disable`;
}
