import { componentsById } from '../../model/component-index.ts';
import type { DagTick } from '../../model/tick.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import { dueOf } from '../../schedule/due.ts';
import type { ReadyDag } from '../engine.ts';
import { type Lent, runOnce } from '../run-once.ts';
import type { TickOptions } from './options.ts';
import { slotSettingsOf } from './slot-settings.ts';
import { workDag } from './work-dag.ts';

/**
 * The work of a tick for one DAG. Where that made no run and yet a component is due, such as one that failed or has never
 * run, one run is made that answers for now.
 */
export async function runDue(ready: ReadyDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  const done = await workDag(ready, options, lent);
  if (done.error !== undefined || done.paused || done.runs.length > 0 || options.signal?.aborted) return done;
  const asOf = lent.clock.now();
  if (!(await isAnythingDue(ready, asOf, lent))) return done;
  const summary = await runOnce(ready, { ...options, trigger: 'scheduled', asOf, answersSlots: true }, lent);
  return { ...done, runs: [{ trigger: 'scheduled', summary }] };
}

/** A component without a schedule of its own goes by the DAG's: else each call would run it again. */
async function isAnythingDue({ dag }: ReadyDag, now: Date, lent: Lent): Promise<boolean> {
  const { config, state } = lent;
  const { memory } = await state();
  const { own, components } = dagScheduleOf(dag);
  const successes = await memory.lastSuccesses({ environment: config.environment, dag: dag.id });
  const { catchup, toleranceMs } = slotSettingsOf(dag, config.settings);
  return [...componentsById(dag).values()].some(({ id, enabled }) => {
    if (!enabled) return false;
    const lastAnswered = successes.get(id)?.answeredUntil;
    const { due, newestSlot } = dueOf({ schedule: components.get(id) ?? own, now, lastAnswered });
    const isMissed =
      catchup === 'none' && newestSlot !== undefined && now.getTime() - newestSlot.getTime() > toleranceMs;
    return due && !(isMissed && lastAnswered !== undefined);
  });
}
