import { hostname, userInfo } from 'node:os';
import { loadConfig } from '../../../config/load.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { showTime } from '../../model/show-time.ts';
import { formatNumber } from '../../report/quantity.ts';
import { windowOf } from '../../schedule/quota-window.ts';
import { exitCodes } from '../exit-codes.ts';
import { withState } from '../project.ts';
import { findQuota } from '../quotas/find-quota.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface QuotaFlags {
  readonly env: string;
  readonly dag?: string;
}

/** The count of this window becomes what somebody knows better, such as from the page of the service. */
export function quotaSet(
  terminal: Terminal,
  { used, ...flags }: QuotaFlags & { readonly used?: number },
  name: string,
): Promise<number> {
  if (used === undefined)
    throw new UsageError('expected --used, got none', 'Say how many calls of this window are used.');
  return change(terminal, flags, name, { used, forgets: false, action: 'quota_set' });
}

/** As if no call had been made in this window and the service had said nothing. */
export function quotaReset(terminal: Terminal, flags: QuotaFlags, name: string): Promise<number> {
  return change(terminal, flags, name, { used: 0, forgets: true, action: 'quota_reset' });
}

async function change(
  terminal: Terminal,
  { env, dag }: QuotaFlags,
  name: string,
  wish: { readonly used: number; readonly forgets: boolean; readonly action: 'quota_set' | 'quota_reset' },
): Promise<number> {
  const config = loadConfig({ environment: env });
  const { quota, key } = await findQuota(name, dag, config);
  const now = systemClock.now();
  const window = windowOf(quota, now);
  const who = `${userInfo().username} on ${hostname()}`;
  const before = await withState(config, async ({ quotas }) => {
    const { used } = await quotas.look(key, window, now);
    const details = { before: used, after: wish.used };
    return quotas.change(key, { ...wish, window, now, who, environment: env, details });
  });
  const [was, is] = [before.used, wish.used].map(formatNumber);
  terminal.out(
    `quota ${name} in ${env}: ${was} calls used before, ${is} now, of ${formatNumber(quota.limit)}; resets at ${showTime(window.end)}\n`,
  );
  return exitCodes.success;
}
