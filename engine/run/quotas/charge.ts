import type { Component } from '../../model/component.ts';
import { infraFailure } from '../../model/failure.ts';
import type { Clock } from '../../model/ports.ts';
import type { QuotaAsk, QuotaKey, QuotaUse } from '../../model/quota.ts';
import type { RunQuotas } from './ports.ts';
import { type QuotaStanding, resumesAt } from './standing.ts';

/** A database that does not answer so soon is taken for one that does not answer: no call is sent. */
const answerMs = 5_000;

/**
 * A quota that resumes so soon is waited for where the call is to be made: to give an attempt up for that would make it
 * send all its other calls once more.
 */
export const shortWaitMs = 60_000;

export type Charged =
  | { readonly granted: true; readonly standing: QuotaStanding }
  | { readonly granted: false; readonly standing: QuotaStanding; readonly resumesAt: Date };

export interface ChargeParts {
  readonly clock: Clock;
  readonly quotas: RunQuotas;
  /** Aborts when nobody waits for the call any more. */
  readonly over: AbortSignal;
}

/** Takes the calls, after a wait if that is short. Throws an infra FailureError when the count is out of reach. */
export async function charge(
  component: Component,
  quota: QuotaUse,
  ask: QuotaAsk,
  { clock, quotas, over }: ChargeParts,
): Promise<Charged> {
  const key = keyOf(component, quota, quotas);
  for (;;) {
    const now = clock.now();
    const window = quotas.windowOf(quota, now);
    const reserve = ask.priority ? 0 : quota.reserve;
    const take = { window, now, cost: ask.cost, limit: quota.limit, reserve };
    const { granted, count } = await inTime((late) => quotas.store.take(key, { ...take, over: late }), clock);
    const standing = { quota, window, count };
    if (granted) return { granted, standing };
    const resumes = resumesAt(standing, ask.priority, ask.cost) ?? window.end;
    const waitMs = Math.max(1, resumes.getTime() - now.getTime());
    if (waitMs > shortWaitMs) return { granted, standing, resumesAt: resumes };
    await clock.sleep(waitMs, over);
    if (over.aborted) return { granted, standing, resumesAt: resumes };
  }
}

export async function lookUp(
  component: Component,
  quota: QuotaUse,
  { clock, quotas }: Omit<ChargeParts, 'over'>,
): Promise<QuotaStanding> {
  const now = clock.now();
  const window = quotas.windowOf(quota, now);
  const count = await inTime(() => quotas.store.look(keyOf(component, quota, quotas), window, now), clock);
  return { quota, window, count };
}

export function keyOf(component: Component, { name, per }: QuotaUse, quotas: RunQuotas): QuotaKey {
  return { quota: name, per, credential: quotas.credentialOf(component) };
}

async function inTime<Result>(ask: (over: AbortSignal) => Promise<Result>, clock: Clock): Promise<Result> {
  const answered = new AbortController();
  const over = new AbortController();
  const asked = ask(over.signal);
  const late = clock.sleep(answerMs, answered.signal).then(() => {
    if (!answered.signal.aborted) over.abort();
    throw infraFailure(`expected the database to count a call within ${answerMs / 1_000} s, got no answer`, {
      hint: 'No call was sent. Check that the database is up and not overloaded.',
    });
  });
  // Whoever loses the race is heard by nobody.
  for (const loser of [asked, late]) loser.catch(() => {});
  try {
    return await Promise.race([asked, late]);
  } finally {
    answered.abort();
  }
}
