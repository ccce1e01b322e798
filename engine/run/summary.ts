import { type EndStatus, isFailing, type RunEndStatus } from '../model/status.ts';
import type { ComponentEnd, RunSummary } from '../model/summary.ts';
import type { RunState } from './run-state.ts';
import { takenOverReason } from './taken-over.ts';

export function summarise(state: RunState, heldBy: ReadonlyMap<string, string>, durationMs: number): RunSummary {
  const components = state.request.dag.components.map(({ id }) => state.ends.get(id) as ComponentEnd);
  const { info, ports } = state;
  const { status, reason } = verdictOn(components, state, heldBy);
  return {
    runId: info.id,
    dag: info.dag,
    environment: info.environment,
    trigger: info.trigger,
    forced: info.forced,
    status,
    ...(reason === undefined ? {} : { reason }),
    heldBy: Object.fromEntries(heldBy),
    durationMs,
    counts: countByStatus(components),
    refused: components.filter(({ reason: why }) => why === takenOverReason).length,
    rows: components.flatMap(({ datasets }) => datasets).reduce((sum, { rows }) => sum + rows, 0),
    components,
    storageRoot: ports.storageRoot,
  };
}

/** Its own end came too late, too: what others record of the run is what counts. */
export function takenOver(summary: RunSummary): RunSummary {
  return { ...summary, status: 'failed', reason: takenOverReason, refused: summary.refused + 1 };
}

/** A stop outranks a failure: the failure may well be its doing. */
function verdictOn(
  components: readonly ComponentEnd[],
  { closed, stop }: RunState,
  heldBy: ReadonlyMap<string, string>,
): { status: RunEndStatus; reason?: string } {
  if (heldBy.size > 0) return { status: 'cancelled', reason: 'busy' };
  if (stop.aborted && stop.reason === 'run_timeout') return { status: 'timed_out', reason: 'run_timed_out' };
  // What was interrupted may have been done all the same: nothing had yet to begin, and what was at work came to its end.
  const isCut = stop.aborted || components.some(({ status }) => status === 'cancelled');
  const cause = stop.aborted ? stop.reason : closed.reason;
  if (isCut && closed.aborted && cause !== 'after_failure') return { status: 'cancelled', reason: String(cause) };
  return { status: components.some(({ status }) => isFailing(status)) ? 'failed' : 'success' };
}

function countByStatus(components: readonly ComponentEnd[]): Partial<Record<EndStatus, number>> {
  const counts: Partial<Record<EndStatus, number>> = {};
  for (const { status } of components) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
