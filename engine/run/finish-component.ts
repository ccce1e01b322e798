import type { ComponentEnd } from '../model/summary.ts';
import type { RunState } from './run-state.ts';

/** The one place where an end becomes known to the rest of the run; its record is committed already. */
export function finishComponent(state: RunState, ended: Omit<ComponentEnd, 'durationMs'>): ComponentEnd {
  const nowMs = state.ports.clock.monotonicMs();
  const end = { durationMs: nowMs - (state.begunMs.get(ended.component) ?? nowMs), ...ended };
  state.ends.set(end.component, end);
  const { published: _, ...event } = end;
  state.ports.emit({ type: 'component_finished', at: state.ports.clock.now(), runId: state.info.id, ...event });
  return end;
}
