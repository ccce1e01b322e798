import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxHandler, SandboxPart, SandboxResponse } from 'signalbox';
import { answerConditionally } from './conditional.ts';
import { findPartDirectories, SandboxDataError } from './data-directory.ts';
import { parseDay } from './day.ts';
import { type Fault, faultAnswers } from './faults.ts';

export interface SandboxOptions {
  readonly parts: readonly SandboxPart[];
  readonly seed: number;
  /** The sandbox day, `YYYY-MM-DD`. */
  readonly date: string;
  /** `--sandbox-data`: real files to serve in place of generated ones. */
  readonly dataDirectory?: string;
  readonly faults?: readonly Fault[];
  /** Default: any free port. */
  readonly port?: number;
}

export interface Sandbox {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What each part serves, by its name. */
  readonly modes: ReadonlyMap<string, SandboxHandler['mode']>;
  /** `http://127.0.0.1:<port>/<part>`, the live base URL's stand-in. */
  baseUrl(partName: string): string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts an origin on a free local port that answers for every part below `/<name>`. Data are a function of seed, day
 * and files alone. Throws a SandboxDataError when `dataDirectory` is not of the shape that the parts read.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const handlers = await openParts(options);
  const faultAt = faultAnswers(options.faults ?? []);
  const server = createServer((request, response) => {
    answer(request, handlers, faultAt)
      .catch((cause: unknown) => plain(500, `Internal error in the sandbox: ${String(cause)}`))
      .then((answered) => send(request, response, answered))
      .catch((cause: unknown) => response.destroy(cause instanceof Error ? cause : new Error(String(cause))));
  });
  const { port } = await listen(server, options.port ?? 0);
  return {
    host,
    port,
    modes: new Map([...handlers].map(([name, handler]) => [name, handler.mode])),
    baseUrl: (partName) => `http://${host}:${port}/${partName}`,
    close: () => close(server),
  };
}

async function openParts(options: SandboxOptions): Promise<ReadonlyMap<string, SandboxHandler>> {
  const { seed, date, dataDirectory } = options;
  parseDay(date);
  const parts = [...new Set(options.parts)];
  const directories = dataDirectory === undefined ? new Map() : await findPartDirectories(dataDirectory, parts);
  const handlers = new Map<string, SandboxHandler>();
  for (const part of parts) {
    if (handlers.has(part.name)) throw new Error(`two sandbox parts are named \`${part.name}\`: names must differ`);
    handlers.set(part.name, await openPart(part, { seed, date }, directories.get(part.name)));
  }
  return handlers;
}

async function openPart(
  part: SandboxPart,
  world: { readonly seed: number; readonly date: string },
  directory: string | undefined,
): Promise<SandboxHandler> {
  if (directory === undefined) return part.open(world);
  try {
    return await part.open({ ...world, directory });
  } catch (cause) {
    throw new SandboxDataError(cause instanceof Error ? cause.message : String(cause), [part], { cause });
  }
}

async function answer(
  request: IncomingMessage,
  handlers: ReadonlyMap<string, SandboxHandler>,
  faultAt: (path: string) => SandboxResponse | undefined,
): Promise<SandboxResponse> {
  const target = splitTarget(request.url ?? '/');
  const handler = handlers.get(target.part);
  if (!handler) return plain(404, `no such source in the sandbox; it serves ${[...handlers.keys()].join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(405, `expected GET or HEAD, got ${request.method}`, { allow: 'GET, HEAD' });
  }
  const fault = faultAt(`/${target.part}${target.path}`);
  if (fault) return fault;
  const headers = flatHeaders(request);
  const { path, query } = target;
  // A HEAD is a GET whose body stays here; parts need not know.
  const response = await handler.handle({
    method: 'GET',
    path,
    query,
    headers,
    baseUrl: baseUrlOf(request, target.part),
  });
  return answerConditionally(headers, response);
}

/** Splits without decoding anything: signatures are over the very bytes. */
function splitTarget(url: string): { part: string; path: string; query: string } {
  const target = url.replace(/^http:\/\/[^/?]*/, '');
  const [, part = '', path = '', query = ''] = /^\/([^/?]*)([^?]*)\??(.*)$/.exec(target) ?? [];
  return { part, path: path === '' ? '/' : path, query };
}

function flatHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function baseUrlOf(request: IncomingMessage, part: string): string {
  return `http://${host}:${request.socket.localPort}/${part}`;
}

function send(request: IncomingMessage, response: ServerResponse, answered: SandboxResponse): void {
  const { status, headers, body = '' } = answered;
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(request.method === 'HEAD' || status === 304 ? undefined : body);
}

function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): SandboxResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}

async function listen(server: Server, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
