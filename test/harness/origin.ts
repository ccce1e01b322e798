import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localCertificate } from './local-certificate.ts';

/** A request as the origin got it. */
interface OriginRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface OriginReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Returns what to answer, or answers by hand, for answers that stall or break, and returns nothing. */
type Route = (
  request: OriginRequest,
  response: ServerResponse,
) => OriginReply | undefined | Promise<OriginReply | undefined>;

/** A local server whose routes a test sets and whose requests it reads back. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:port`, no trailing slash. */
  readonly url: string;
  /** In the order in which they came, those without a route (404) included. */
  readonly requests: readonly OriginRequest[];
  /** Connections opened so far. */
  readonly connections: number;
  route(path: string, answer: OriginReply | Route): void;
  close(): Promise<void>;
}

export async function startOrigin(options: { readonly https?: boolean } = {}): Promise<Origin> {
  const routes = new Map<string, Route>();
  const requests: OriginRequest[] = [];
  let connections = 0;
  const listener: RequestListener = (message, response) => {
    answer(message, response, routes, requests).catch((error: unknown) => response.destroy(error as Error));
  };
  const server = options.https ? createTlsServer(localCertificate, listener) : createServer(listener);
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    url: `${options.https ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    route: (path, reply) => void routes.set(path, typeof reply === 'function' ? reply : () => reply),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  routes: ReadonlyMap<string, Route>,
  requests: OriginRequest[],
): Promise<void> {
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://origin');
  const body: Buffer[] = [];
  for await (const chunk of message) body.push(chunk as Buffer);
  const request: OriginRequest = {
    method: message.method ?? '',
    path: pathname,
    query: searchParams,
    headers: message.headers,
    body: Buffer.concat(body).toString(),
  };
  requests.push(request);
  const route = routes.get(pathname);
  const reply = route ? await route(request, response) : { status: 404, body: `no route ${pathname}` };
  if (reply) response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
}
