import type { HttpAnswer, HttpRequest } from 'signalbox';
import { sourceFailure } from 'signalbox';
import type { Dispatcher } from 'undici';
import { type BodyReader, readBody, readStart } from './body.ts';
import type { Connections } from './connections.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { Guard } from './guard.ts';
import { describeHop, firstHop, type Hop, isConditional, redirectedHop } from './hop.ts';
import { statusFailure } from './status-failure.ts';
import type { Toll } from './toll.ts';
import { unansweredFailure } from './transport-failure.ts';

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const defaultIdleMs = 60_000;
/** A redirect's page is read for the sake of its connection, and not waited for. */
const dumped = { bytes: 64 * 1024, ms: 250 };

/** What went over the wire, reported as it goes. */
export interface Traffic {
  readonly host: string;
  /** 1 when a request is sent, one after a redirect included; else 0. */
  readonly calls: number;
  /** Bytes of a body, as sent. */
  readonly bytesIn: number;
}

export interface ExchangeParts {
  readonly signal: AbortSignal;
  readonly guard: Guard;
  readonly connections: Connections;
  readonly userAgent: string;
  readonly onTraffic: (traffic: Traffic) => void;
  /** Values that no other origin may see. */
  readonly secrets: readonly string[];
  /** Absent where calls are not counted. */
  readonly toll?: Toll;
}

export interface Wanted<Body> {
  readonly request: HttpRequest;
  /** Only the headers are wanted. */
  readonly isHead?: boolean;
  readonly maxBytes: number;
  readonly read: BodyReader<Body>;
}

/** One request with its redirects, under one deadline. Throws a FailureError unless the answer is one that is wanted. */
export async function exchange<Body>(parts: ExchangeParts, wanted: Wanted<Body>): Promise<HttpAnswer<Body>> {
  const { timeoutMs, idleTimeoutMs = defaultIdleMs } = wanted.request;
  let hop = firstHop(wanted.request, parts.userAgent, wanted.isHead ? 'HEAD' : 'GET');
  parts.guard.checkUrl(hop.url);
  // Before the clock of the exchange starts: it may wait.
  let onItsWay = await parts.toll?.pay(wanted.request, parts.signal);
  const deadline = startDeadline({
    signal: parts.signal,
    idleMs: idleTimeoutMs,
    ...(timeoutMs !== undefined && { totalMs: timeoutMs }),
    describe: () => describeHop(hop),
  });
  try {
    for (let count = 0; count <= mostRedirects; count++) {
      const current = hop;
      if (count > 0) {
        parts.guard.checkUrl(current.url);
        onItsWay = await parts.toll?.pay(wanted.request, deadline.signal);
      }
      const passed = onItsWay;
      const work = () => ask(parts, wanted, current, deadline, passed);
      const step = await parts.connections.withPlace(current.url.origin, deadline.signal, work);
      if (step.answer) return step.answer;
      hop = step.next;
    }
    throw sourceFailure(`${describeHop(hop)}: expected at most ${mostRedirects} redirects, got one more`);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : error;
  } finally {
    onItsWay?.();
    deadline.end();
  }
}

type Step<Body> =
  | { readonly answer: HttpAnswer<Body>; readonly next?: never }
  | { readonly next: Hop; readonly answer?: never };

async function ask<Body>(
  parts: ExchangeParts,
  wanted: Wanted<Body>,
  hop: Hop,
  deadline: Deadline,
  onItsWay: (() => void) | undefined,
): Promise<Step<Body>> {
  deadline.touch();
  parts.onTraffic({ host: hop.url.host, calls: 1, bytesIn: 0 });
  const response = await parts.connections.request(hop, deadline.signal, onItsWay).catch((error: unknown) => {
    throw unansweredFailure(hop, error);
  });
  parts.toll?.hear(response.statusCode, flat(response.headers));
  // A body that is given up on reports that as an error, which is no news to us.
  response.body.on('error', () => undefined);
  const onBytes = (bytesIn: number) => {
    deadline.touch();
    parts.onTraffic({ host: hop.url.host, calls: 0, bytesIn });
  };
  try {
    deadline.touch();
    return await settle(wanted, hop, response, { onBytes, secrets: parts.secrets });
  } finally {
    response.body.destroy();
    deadline.rest();
  }
}

/** What the status says is to be done with the rest of the answer. */
async function settle<Body>(
  { request, maxBytes, read }: Wanted<Body>,
  hop: Hop,
  response: Dispatcher.ResponseData,
  { onBytes, secrets }: Pick<ExchangeParts, 'secrets'> & { readonly onBytes: (bytes: number) => void },
): Promise<Step<Body>> {
  const status = response.statusCode;
  const headers = flat(response.headers);
  const answer = { status, headers, url: hop.url.href };
  const where = describeHop(hop);
  if (status === 304) {
    if (!isConditional(hop)) throw sourceFailure(`${where}: expected a body, got 304 to a request without validators`);
    return { answer };
  }
  const isWanted = (status >= 200 && status < 300) || request.acceptStatus?.includes(status);
  if (!isWanted && redirects.has(status)) {
    await dump(response.body);
    return { next: redirectedHop(hop, status, headers.location ?? '', secrets) };
  }
  if (!isWanted) throw statusFailure({ hop, status, headers, start: await readStart(response.body, headers) });
  if (hop.method === 'HEAD') return { answer };
  if (status === 206 && !('range' in hop.headers)) {
    throw sourceFailure(`${where}: expected the whole body, got 206 with a part of it, which nobody asked for`);
  }
  const body = await readBody({ hop, status, headers, stream: response.body, maxBytes, onBytes }, read);
  return { answer: { ...answer, body } };
}

async function dump(body: Dispatcher.ResponseData['body']): Promise<void> {
  await body.dump({ limit: dumped.bytes, signal: AbortSignal.timeout(dumped.ms) }).catch(() => undefined);
}

function flat(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  const known = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}
