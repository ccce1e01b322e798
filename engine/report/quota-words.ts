import type { Quota } from '../model/quota.ts';
import { formatNumber } from './quantity.ts';

/** `ptv (1,000 calls a day in Australia/Melbourne, 200 of them for priority)` */
export function quotaWords({ name, limit, per, timezone, reserve }: Quota): string {
  const zone = per === 'day' || per === 'month' ? ` in ${timezone}` : '';
  const kept = reserve > 0 ? `, ${formatNumber(reserve)} of them for priority` : '';
  return `${name} (${formatNumber(limit)} calls ${per === 'hour' ? 'an' : 'a'} ${per}${zone}${kept})`;
}
