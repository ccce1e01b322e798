import { loadConfig } from '../../../config/load.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { showTime } from '../../model/show-time.ts';
import { formatNumber } from '../../report/quantity.ts';
import { windowOf } from '../../schedule/quota-window.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printRows } from '../print.ts';
import { withState } from '../project.ts';
import { type DeclaredQuota, declaredQuotas } from '../quotas/declared-quotas.ts';
import { goneAt } from '../quotas/forecast.ts';
import type { Terminal } from '../terminal.ts';

export async function quotaList(terminal: Terminal, flags: OutputFlags & { readonly env: string }): Promise<number> {
  const config = loadConfig({ environment: flags.env });
  const declared = await declaredQuotas(config);
  const lines =
    declared.length === 0
      ? []
      : await withState(config, (state) => Promise.all(declared.map((quota) => lineOf(quota, state))));
  if (lines.length > 0 && flags.output === 'table') terminal.err(`environment ${flags.env}\n`);
  printRows(terminal, flags, lines, columns, 'no DAG here has a quota');
  return exitCodes.success;
}

interface QuotaLine {
  readonly quota: string;
  readonly dags: readonly string[];
  /** Null where its secrets are not set. */
  readonly credential: string | null;
  readonly missing: readonly string[];
  readonly per: string;
  readonly windowStart: Date;
  readonly resetsAt: Date;
  readonly used: number | null;
  readonly limit: number;
  readonly learnedLimit: number | null;
  readonly reserve: number;
  /** The service takes no call before. */
  readonly resumesAt: Date | null;
  /** At the pace of this window; null when the calls will last. */
  readonly goneAt: Date | null;
}

async function lineOf({ quota, key, dags, missing }: DeclaredQuota, { quotas }: State): Promise<QuotaLine> {
  const now = systemClock.now();
  const window = windowOf(quota, now);
  const count = missing.length === 0 ? await quotas.look(key, window, now) : undefined;
  const { name, per, limit, reserve } = quota;
  return {
    quota: name,
    dags,
    credential: missing.length === 0 ? key.credential : null,
    missing,
    per,
    windowStart: window.start,
    resetsAt: window.end,
    used: count?.used ?? null,
    limit,
    learnedLimit: count?.learnedLimit ?? null,
    reserve,
    resumesAt: count?.resumeAt ?? null,
    goneAt: (count && goneAt(quota, count, window, now)) ?? null,
  };
}

const columns = [
  { title: 'quota', cell: ({ quota }: QuotaLine) => quota },
  { title: 'dags', cell: ({ dags }: QuotaLine) => dags.join(', ') },
  {
    title: 'credential',
    cell: ({ credential, missing }: QuotaLine) => credential ?? `${missing.join(', ')} not set`,
  },
  { title: 'per', cell: ({ per }: QuotaLine) => per },
  {
    title: 'used',
    cell: ({ used }: QuotaLine) => (used === null ? '' : formatNumber(used)),
    align: 'right' as const,
  },
  { title: 'limit', cell: limitOf, align: 'right' as const },
  { title: 'reserve', cell: ({ reserve }: QuotaLine) => formatNumber(reserve), align: 'right' as const },
  { title: 'resets', cell: ({ resetsAt }: QuotaLine) => showTime(resetsAt) },
  { title: 'forecast', cell: forecastOf },
];

function limitOf({ limit, learnedLimit }: QuotaLine): string {
  const isLearned = learnedLimit !== null && learnedLimit < limit;
  return isLearned ? `${formatNumber(learnedLimit)} (service), ${formatNumber(limit)}` : formatNumber(limit);
}

function forecastOf({ used, resumesAt, goneAt: gone, windowStart }: QuotaLine): string {
  if (resumesAt) return `refused by the service until ${showTime(resumesAt)}`;
  if (used === null) return '';
  if (!gone) return 'lasts';
  return gone.getTime() <= systemClock.now().getTime() ? 'gone' : `gone at ${timeOf(gone, windowStart)}`;
}

/** `16:40Z`, with the day where it is another one than that of the window. */
function timeOf(gone: Date, windowStart: Date): string {
  const shown = showTime(gone);
  return showTime(windowStart).slice(0, 10) === shown.slice(0, 10) ? `${shown.slice(11, 16)}Z` : shown;
}
