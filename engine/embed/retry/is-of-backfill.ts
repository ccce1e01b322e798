import type { RunDetails } from '../../../state/history/run-details.ts';
import type { State } from '../../../state/open-state.ts';

type Kin = Pick<RunDetails, 'trigger' | 'retryOf'>;

/** A retry of a retry of a backfill fills its slot, too. */
export async function isOfBackfill(run: Kin, { history }: Pick<State, 'history'>): Promise<boolean> {
  let first: Kin | undefined = run;
  while (first?.retryOf) first = await history.run(first.retryOf);
  return first?.trigger === 'backfill';
}
