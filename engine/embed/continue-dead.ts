import type { DeadRun } from '../model/adoption.ts';
import type { SlotRun } from '../model/tick.ts';
import { SlotTaken } from '../run/slot-taken.ts';
import type { ReadyDag, RunOptions } from './engine.ts';
import { recoverDead } from './recover.ts';
import { isOfBackfill } from './retry/is-of-backfill.ts';
import { type Lent, runOnce, type SlotTerms } from './run-once.ts';

type Options = Pick<RunOptions, 'signal' | 'hurry'>;

/**
 * Goes on with the runs of the DAG whose engines died, one after another, the oldest first. One that cannot go on is ended.
 * Whoever else is at it takes others.
 */
export async function continueDead(ready: ReadyDag, options: Options, lent: Lent): Promise<readonly SlotRun[]> {
  const { adoption, owners } = await lent.state();
  await recoverDead(owners, lent.clock);
  const continued: SlotRun[] = [];
  for (const run of await adoption.deadRuns(lent.config.environment, ready.dag.id)) {
    if (options.signal?.aborted) break;
    const obstacle = obstacleOf(run, ready, lent.clock.now());
    if (obstacle !== undefined) await adoption.endLost(run, obstacle);
    else continued.push(...(await goOn(run, ready, options, lent)));
  }
  return continued;
}

function obstacleOf({ dagVersion, deadline }: DeadRun, { version }: ReadyDag, now: Date): string | undefined {
  if (deadline <= now) return 'the deadline of the run has passed since';
  return dagVersion === version ? undefined : 'its DAG has changed since';
}

/** Nothing when somebody else was first. */
async function goOn(dead: DeadRun, ready: ReadyDag, options: Options, lent: Lent): Promise<readonly SlotRun[]> {
  const { trigger, forced, selection, slot, asOf, answersSlots, advances, retryOf } = dead;
  const terms: SlotTerms = {
    adopts: dead,
    asOf,
    answersSlots,
    advances,
    backfilled: await isOfBackfill(dead, await lent.state()),
    ...(slot && { slot }),
    ...(retryOf !== null && { retryOf }),
  };
  const { signal, hurry } = options;
  const stops = { ...(signal && { signal }), ...(hurry && { hurry }) };
  try {
    const summary = await runOnce(
      ready,
      { ...(selection as RunOptions), ...terms, ...stops, trigger, force: forced },
      lent,
    );
    return [{ trigger, summary, ...(slot && { slot }) }];
  } catch (error) {
    if (error instanceof SlotTaken) return [];
    throw error;
  }
}

/** Ends the dead runs of DAGs that are not there any more, so that none stays open for ever. */
export async function endOrphanedRuns(dags: ReadonlySet<string>, { config, state }: Lent): Promise<void> {
  const { adoption } = await state();
  for (const run of await adoption.deadRuns(config.environment)) {
    if (!dags.has(run.dag)) await adoption.endLost(run, 'its DAG is not among those that load any more');
  }
}
