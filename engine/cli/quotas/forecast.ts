import type { QuotaCount, QuotaUse, QuotaWindow } from '../../model/quota.ts';

/** When calls without priority will be gone if they go on at the pace of this window; undefined if they will last. */
export function goneAt(
  { limit, reserve }: Pick<QuotaUse, 'limit' | 'reserve'>,
  { used, learnedLimit = limit }: QuotaCount,
  { start, end }: QuotaWindow,
  now: Date,
): Date | undefined {
  const left = Math.max(0, Math.min(limit, learnedLimit) - reserve - used);
  if (left === 0) return now;
  const elapsedMs = now.getTime() - start.getTime();
  if (used === 0 || elapsedMs <= 0) return undefined;
  const gone = new Date(now.getTime() + (left * elapsedMs) / used);
  return gone < end ? gone : undefined;
}
