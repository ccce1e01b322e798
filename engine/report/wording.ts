import type { Progress } from '../model/context.ts';
import type { Decision, DecisionCheck } from '../model/decision.ts';
import { formatDuration } from '../model/duration.ts';
import { showTime } from '../model/show-time.ts';
import type { ComponentEnd, RunSummary } from '../model/summary.ts';
import { oneLine } from './printable.ts';
import { formatBytes, formatCount, formatNumber } from './quantity.ts';

/** `upstream_failed` as people read it. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Why it ran, or did not: the sentence of the check that decided; of what is unchanged, those of what was compared. */
export function decidingSentence({ verdict, reason, checks }: Decision): string {
  const deciding = checks.find(({ result }) => result === 'decided');
  if (deciding) return oneLine(deciding.because);
  const compared = verdict === 'unchanged' ? checks.filter(hasCompared).map(({ because }) => oneLine(because)) : [];
  return compared.length > 0 ? compared.join('; ') : words(reason);
}

/** A component without a source, or without an upstream, passes that check without saying anything. */
function hasCompared({ check, inputs }: DecisionCheck): boolean {
  if (check === 'source') return inputs.evidence !== undefined;
  return check === 'upstream_outputs' && Array.isArray(inputs.upstreams) && inputs.upstreams.length > 0;
}

type End = Pick<
  ComponentEnd,
  'status' | 'reason' | 'degraded' | 'durationMs' | 'attempts' | 'decision' | 'failure' | 'datasets'
>;

/** How a component ended, as the rest of a line that begins with its id: `succeeded 4.2s, 6,008 rows in 3 datasets`. */
export function endWords(end: End): string {
  const duration = end.attempts > 0 ? ` ${formatDuration(end.durationMs)}` : '';
  const { failure } = end;
  if (end.status === 'success') {
    const degraded = end.degraded ? ', degraded: an optional upstream failed' : '';
    return `succeeded${duration}${publishedWords(end.datasets)}${degraded}`;
  }
  const why = failure ? oneLine(failure.message) : end.decision ? decidingSentence(end.decision) : words(end.reason);
  return `${words(end.status)}${duration}: ${why}`;
}

/** What was published: `6,008 rows in 3 datasets`; empty when nothing was. */
export function publishedWords(datasets: End['datasets'], before = ', '): string {
  if (datasets.length === 0) return '';
  const rows = datasets.reduce((sum, dataset) => sum + dataset.rows, 0);
  return `${before}${formatCount(rows, 'row')} in ${formatCount(datasets.length, 'dataset')}`;
}

export function progressWords({ done, total, unit }: Progress): string {
  const show = unit === 'bytes' ? formatBytes : formatNumber;
  const noun = unit === 'bytes' ? '' : ` ${unit}`;
  if (total === undefined || total <= 0) return `${show(done)}${noun}`;
  return `${show(done)} of ${show(total)}${noun} (${Math.min(100, Math.floor((done / total) * 100))}%)`;
}

/** Said of every run in the sandbox: nobody shall take these numbers for real ones. */
export function sandboxWords(sandbox: NonNullable<RunSummary['sandbox']>): string {
  const modes = Object.entries(sandbox);
  if (modes.every(([, mode]) => mode === 'generated')) return 'generated data';
  return modes.map(([source, mode]) => `${source} ${mode === 'files' ? 'from files' : 'generated data'}`).join(', ');
}

/** `transit is paused since 2026-03-01 09:00:00Z by kim` */
export function pausedWords(dag: string, { at, by }: { readonly at: Date; readonly by: string }): string {
  return `${dag} is paused since ${showTime(at)} by ${by}`;
}
