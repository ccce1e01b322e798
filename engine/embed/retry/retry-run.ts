import type { RunDetails } from '../../../state/history/run-details.ts';
import type { State } from '../../../state/open-state.ts';
import { programName } from '../../model/program.ts';
import type { RunSummary } from '../../model/summary.ts';
import type { ReadyDag, RetryOptions } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { recoverDead } from '../recover.ts';
import { type Lent, runOnce } from '../run-once.ts';
import { isOfBackfill } from './is-of-backfill.ts';
import { openEnds } from './open-ends.ts';

/** Makes a run for the open ends of one that has ended, in its place: for the same slot, and linked with it. */
export async function retryRun(
  id: string,
  options: RetryOptions,
  readyOf: (dag: string) => Promise<ReadyDag>,
  lent: Lent,
): Promise<RunSummary | undefined> {
  const state = await lent.state();
  await recoverDead(state.owners, lent.clock);
  const run = await endedRun(id, state, lent);
  const ready = await readyOf(run.dag);
  const { failedOnly = false, components = openEnds(ready.dag, run.components, failedOnly), ...others } = options;
  if (components.length === 0) return undefined;
  return runOnce(ready, { ...others, ...(await termsOf(run, state)), components }, lent);
}

async function endedRun(id: string, { history, runKeeper }: State, { config }: Lent): Promise<RunDetails> {
  await runKeeper.endIfLost(id);
  const run = await history.run(id);
  if (!run) throw new EngineError(`expected the id of a run, got \`${id}\``, { exitCode: 2 });
  const { environment } = config;
  if (run.environment !== environment) {
    const hint = 'Open an engine of that environment: data of one never end up in another.';
    throw new EngineError(`expected a run of ${environment}, got one of ${run.environment}`, { exitCode: 2, hint });
  }
  if (run.finishedAt) return run;
  const { owner } = run;
  const hint = `Wait for its end, or stop it: ${programName} cancel ${run.id}`;
  const message = `expected a run that has ended, got ${run.id}, which is at work in process ${owner.pid} on ${owner.host}`;
  throw new EngineError(message, { exitCode: 75, hint });
}

/** Whatever later runs make of it, they make of that run as well. */
async function termsOf(run: RunDetails, state: State) {
  const { slot, asOf, answersSlots, advances, forced } = run;
  const backfilled = await isOfBackfill(run, state);
  const trigger = 'retry' as const;
  return { trigger, retryOf: run.id, asOf, answersSlots, advances, force: forced, backfilled, ...(slot && { slot }) };
}
