import type { QuotaCount, QuotaUse, QuotaWindow } from '../../model/quota.ts';

/** A quota as it is now, for one caller. */
export interface QuotaStanding {
  readonly quota: QuotaUse;
  readonly window: QuotaWindow;
  readonly count: QuotaCount;
}

/** The limit that counts: the author's, or the service's where that is less. */
export function limitOf({ quota, count }: QuotaStanding): number {
  return Math.min(quota.limit, count.learnedLimit ?? quota.limit);
}

/** Calls that are left to this caller in the window; those of the reserve only to priority calls. */
export function leftOf(standing: QuotaStanding, isPriority: boolean): number {
  const kept = isPriority ? 0 : standing.quota.reserve;
  return Math.max(0, limitOf(standing) - kept - standing.count.used);
}

/** When a call of this cost could be made again; undefined when it can be made now. */
export function resumesAt(standing: QuotaStanding, isPriority: boolean, cost = 1): Date | undefined {
  const { window, count } = standing;
  const spent = leftOf(standing, isPriority) < cost ? window.end : undefined;
  const { resumeAt } = count;
  if (spent === undefined || resumeAt === undefined) return spent ?? resumeAt;
  return spent > resumeAt ? spent : resumeAt;
}
