import { setMaxListeners } from 'node:events';
import type { HttpClient, HttpRequest, QuotaCounter } from 'signalbox';
import type { BodyReader } from './body.ts';
import { openConnections } from './connections.ts';
import type { Bytes } from './decode.ts';
import { type ExchangeParts, exchange, type Traffic } from './exchange.ts';
import type { Guard } from './guard.ts';
import { landBody } from './landing-folder.ts';
import { parseJson, parseText } from './parse-body.ts';
import { createToll } from './toll.ts';

const maxFileBytes = 2 * 1024 ** 3;
const maxTextBytes = 64 * 1024 ** 2;

export interface HttpClientOptions {
  /** Ends every exchange with its reason, as a FailureError. */
  readonly signal: AbortSignal;
  readonly guard: Guard;
  readonly userAgent?: string;
  /** Values that no redirect may carry to another origin. */
  readonly secrets?: readonly string[];
  /** Called for every request sent and every chunk received; add the figures up. */
  readonly onTraffic?: (traffic: Traffic) => void;
  /** Counts every request before it is sent, and learns from the answers. */
  readonly quota?: QuotaCounter;
}

export interface OpenHttpClient extends HttpClient {
  /** Closes idle sockets and breaks off what is under way. They do not keep the process alive in any case. */
  close(): Promise<void>;
}

/** The way from a component to the network: guarded, capped, under deadlines, and whole or failed. */
export function createHttpClient(options: HttpClientOptions): OpenHttpClient {
  const { signal, guard, userAgent = 'signalbox', secrets = [], onTraffic = () => undefined, quota } = options;
  const connections = openConnections(guard);
  // Every exchange listens while it lasts; more than ten of them are no leak.
  setMaxListeners(0, signal);
  const toll = quota ? { toll: createToll(quota) } : {};
  const parts: ExchangeParts = { signal, guard, connections, userAgent, secrets, onTraffic, ...toll };
  const send = <Body>(request: HttpRequest, maxBytes: number, read: BodyReader<Body>) =>
    exchange(parts, { request, maxBytes: request.maxBytes ?? maxBytes, read });
  return {
    download: (request, directory) => send(request, maxFileBytes, (chunks) => landBody(chunks, directory)),
    text: (request) =>
      send(request, maxTextBytes, async (chunks, answered) => parseText(await whole(chunks), answered)),
    json: (request) =>
      send(request, maxTextBytes, async (chunks, answered) => parseJson(await whole(chunks), answered)),
    head: (request) =>
      exchange<never>(parts, { request, isHead: true, maxBytes: 0, read: () => Promise.reject(new Error('no body')) }),
    close: () => connections.close(),
  };
}

async function whole(chunks: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
