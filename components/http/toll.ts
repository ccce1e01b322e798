import PQueue from 'p-queue';
import type { HttpRequest, QuotaAsk, QuotaCounter } from 'signalbox';
import { FailureError } from 'signalbox';
import { observe } from './rate-limits.ts';

type Headers = Readonly<Record<string, string>>;

/** Where each request of a component with a quota is counted before it is sent. */
export interface Toll {
  /** Resolves with what to call once the request is on its way, or will never be. Rejects when it must not be sent. */
  pay(request: HttpRequest, signal: AbortSignal): Promise<() => void>;
  /** Hands on what an answer tells of the service's limits. */
  hear(status: number, headers: Headers): void;
}

/**
 * One request at a time is between being counted and being sent: whenever the process dies, at most one call was counted
 * for nothing.
 */
export function createToll(quota: QuotaCounter): Toll {
  const gate = new PQueue({ concurrency: 1 });
  return {
    async pay(request, signal) {
      const ask = askOf(request);
      if (ask.cost === 0) return () => undefined;
      return await new Promise((resolve, reject) => {
        const onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
        const pass = () => passOne(quota, ask, signal, resolve).catch(reject);
        void gate.add(pass).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
    hear(status, headers) {
      const observation = observe(status, headers);
      if (observation) quota.learn(observation);
    },
  };
}

/** Holds the gate until the request is on its way. */
async function passOne(
  quota: QuotaCounter,
  ask: QuotaAsk,
  signal: AbortSignal,
  open: (onItsWay: () => void) => void,
): Promise<void> {
  if (signal.aborted) throw signal.reason;
  const reply = await quota.take(ask);
  if (!reply.granted) throw new FailureError(reply.failure);
  // Nobody waits any more: counted for nothing.
  if (signal.aborted) return;
  await new Promise<void>((resolve) => open(resolve));
}

function askOf({ cost = 1, priority }: HttpRequest): QuotaAsk {
  if (Number.isSafeInteger(cost) && cost >= 0) return { cost, priority: priority === true };
  const message = `expected \`cost\` of a request to be a whole number of calls, 0 or more, got \`${String(cost)}\``;
  throw new FailureError({ class: 'error', message, retryable: false });
}
