import type { ComponentEnd } from '../model/summary.ts';
import { finishComponent } from './finish-component.ts';
import type { RunState } from './run-state.ts';

type Details = Omit<ComponentEnd, 'status' | 'reason' | 'failure' | 'durationMs' | 'published'>;

export const takenOverReason = 'taken_over';

/** The race is lost: another engine owns the component run now, and what it records is what counts. */
export function endTakenOver(details: Details, state: RunState): ComponentEnd {
  const message = 'another engine has taken over this component; its record counts';
  return finishComponent(state, {
    ...details,
    status: 'failed',
    reason: takenOverReason,
    failure: { class: 'lost', message },
  });
}
