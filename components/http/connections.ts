import type { LookupFunction } from 'node:net';
import PQueue from 'p-queue';
import { Agent, buildConnector, type Dispatcher, errors } from 'undici';
import type { Guard } from './guard.ts';
import type { Hop } from './hop.ts';

/** Politeness: what a browser allows itself. */
const connectionsPerOrigin = 6;
const connectMs = 30_000;

/** The sockets of one client: guarded, and few to each origin. */
export interface Connections {
  /** Runs `work` when the origin has a place free. Settles only after `work` has, so its clean-up is done by then. */
  withPlace<Result>(origin: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
  /** `onStart` is called when the request is written to its socket. */
  request(hop: Hop, signal: AbortSignal, onStart?: () => void): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

export function openConnections(guard: Guard): Connections {
  const queues = new Map<string, PQueue>();
  // Our own deadlines stand in for undici's.
  const agent = new Agent({
    connect: guardedConnector(guard),
    connections: connectionsPerOrigin,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async withPlace(origin, signal, work) {
      const queue = queues.get(origin) ?? new PQueue({ concurrency: connectionsPerOrigin });
      queues.set(origin, queue);
      let working: ReturnType<typeof work> | undefined;
      try {
        return await queue.add(() => (working = work()), { signal });
      } finally {
        // At an abort the queue lets go at once, while the work still removes its temporary file.
        await working?.catch(() => undefined);
      }
    },
    request({ url, method, headers, body }, signal, onStart) {
      const dispatcher = onStart ? agent.compose(startNotice(onStart)) : agent;
      const answered = dispatcher.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        body: body ?? null,
        signal,
      });
      return unlessAborted(answered, signal);
    },
    close: () => agent.destroy(closed()),
  };
}

/** While it looks up a name, connects or shakes hands, undici does not hear of an abort. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return await new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function startNotice(onStart: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context: unknown) => {
        onStart();
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...start) => handler.onResponseStart?.(...start),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...error) => handler.onResponseError?.(...error),
    });
}

/** Node reads the stack of what a socket is destroyed with. Left to undici, all source maps would be read for that. */
function closed(): Error {
  const error = new errors.ClientDestroyedError('the http client is closed');
  error.stack = error.message;
  return error;
}

/** Connects to the very addresses that the guard admitted, so that a name cannot answer differently the second time. */
function guardedConnector(guard: Guard): buildConnector.connector {
  const connect = async (options: buildConnector.Options, callback: buildConnector.Callback) => {
    try {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
      const addresses = await guard.resolve(options.hostname, port);
      buildConnector({ lookup: fixedLookup(addresses), timeout: connectMs })(options, callback);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
    }
  };
  return (options, callback) => void connect(options, callback);
}

function fixedLookup(addresses: readonly { readonly address: string; readonly family: number }[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
