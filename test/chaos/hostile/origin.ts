import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { localCertificate } from '../../harness/local-certificate.ts';
import { healthyAnswer } from './healthy.ts';

/** One request, and the socket that the answer is written to byte by byte. */
export interface HostileExchange {
  readonly socket: Socket;
  readonly method: string;
  /** Below the place, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the place, without a slash at its end. */
  readonly baseUrl: string;
  /** What a healthy upstream says to it. */
  readonly healthy: HealthyAnswer;
}

export interface HealthyAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Answers, or does not; timers and floods that it starts end with the socket. */
export type Play = (exchange: HostileExchange) => void;

/** A path of its own for one client, under which the origin plays one fault until it is healed. */
export interface HostilePlace {
  readonly baseUrl: string;
  readonly requests: readonly Pick<HostileExchange, 'method' | 'path' | 'headers'>[];
  /** From now on healthy answers come. */
  heal(): void;
  /** From now on this comes. */
  harm(play: Play): void;
}

export interface HostileOrigin {
  readonly host: string;
  /** Every port that is listened on. */
  readonly ports: readonly number[];
  open(play: Play, scheme?: Scheme): HostilePlace;
  close(): Promise<void>;
}

/** `tls` has a certificate of nobody; at `no-tls` plain HTTP is spoken, and at `silent-tls` nothing is ever said. */
export type Scheme = 'http' | 'tls' | 'no-tls' | 'silent-tls';

const host = '127.0.0.1';

/** A server that does to each client what the path commands. Nothing of an answer comes from an HTTP library. */
export async function startHostileOrigin(): Promise<HostileOrigin> {
  const places = new Map<string, { play: Play; baseUrl: string; requests: HostileExchange[] }>();
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Clients break off what is hostile.
    socket.on('error', () => undefined);
    readRequests(socket, (line, headers) => {
      const [method = '', target = ''] = line.split(' ');
      const [, id = '', path = ''] = /^\/(p\d+)(.*)$/.exec(target) ?? [];
      const place = places.get(id);
      if (!place)
        return sendAnswer(socket, { contentType: 'text/plain', body: Buffer.from('no such place') }, '404 No');
      const { baseUrl } = place;
      const exchange = { socket, method, path, headers, baseUrl, healthy: healthyAnswer(path) };
      place.requests.push(exchange);
      place.play(exchange);
    });
  };
  const plain = createServer(serve);
  const tls = createTlsServer(localCertificate, serve);
  tls.on('tlsClientError', () => undefined);
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const servers = [plain, tls, silent];
  const ports = await Promise.all(servers.map(listen));
  const [plainPort, tlsPort, silentPort] = ports;
  const originOf: Readonly<Record<Scheme, string>> = {
    http: `http://${host}:${plainPort}`,
    tls: `https://${host}:${tlsPort}`,
    'no-tls': `https://${host}:${plainPort}`,
    'silent-tls': `https://${host}:${silentPort}`,
  };
  return {
    host,
    ports,
    open(play, scheme = 'http') {
      const id = `p${places.size}`;
      const place = { play, baseUrl: `${originOf[scheme]}/${id}`, requests: [] as HostileExchange[] };
      places.set(id, place);
      return {
        baseUrl: place.baseUrl,
        requests: place.requests,
        heal: () => {
          place.play = ({ socket, healthy }) => sendAnswer(socket, healthy);
        },
        harm: (next) => {
          place.play = next;
        },
      };
    },
    async close() {
      const closed = Promise.all(servers.map((server) => once(server, 'close')));
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A whole answer with its length, after which the connection stays open. */
export function sendAnswer(
  socket: Socket,
  { contentType, body }: HealthyAnswer,
  status = '200 OK',
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = { 'Content-Type': contentType, 'Content-Length': String(body.length), ...headers };
  socket.write(headOf(status, all));
  socket.write(body);
}

export function headOf(status: string, headers: Readonly<Record<string, string>>, version = '1.1'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/${version} ${status}\r\n${lines.join('')}\r\n`;
}

/** Requests have no body here. */
function readRequests(socket: Socket, onRequest: (line: string, headers: Record<string, string>) => void): void {
  let held = '';
  socket.on('data', (bytes) => {
    held += bytes.toString('latin1');
    // A ClientHello: what servers of plain HTTP say to TLS.
    if (held.startsWith('\u0016')) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    for (let end = held.indexOf('\r\n\r\n'); end !== -1; end = held.indexOf('\r\n\r\n')) {
      const [line = '', ...fields] = held.slice(0, end).split('\r\n');
      held = held.slice(end + 4);
      const pairs = fields.map((field) => /^([^:]+):\s*(.*)$/.exec(field) ?? []);
      onRequest(line, Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value])));
    }
  });
}
