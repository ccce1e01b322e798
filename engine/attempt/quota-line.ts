import type { ToParent } from '../model/messages.ts';
import type { QuotaCounter, QuotaReply } from '../model/quota.ts';

/** How a child asks its parent for each call, which has the count. */
export interface QuotaLine {
  readonly counter: QuotaCounter;
  hear(id: number, reply: QuotaReply): void;
}

export function createQuotaLine(send: (message: ToParent) => void): QuotaLine {
  const waiting = new Map<number, (reply: QuotaReply) => void>();
  let asked = 0;
  return {
    counter: {
      take: (ask) =>
        new Promise((resolve) => {
          asked += 1;
          waiting.set(asked, resolve);
          send({ type: 'quota', id: asked, ask });
        }),
      learn: (observation) => send({ type: 'quota_observed', observation }),
    },
    hear(id, reply) {
      waiting.get(id)?.(reply);
      waiting.delete(id);
    },
  };
}
