import type { DagTick } from '../../model/tick.ts';
import type { ReadyDag } from '../engine.ts';
import type { Lent } from '../run-once.ts';
import { dueComponents } from './due-components.ts';
import type { TickOptions } from './options.ts';
import { isIdle, runNow } from './run-due.ts';
import { workDag } from './work-dag.ts';

/** What failed is asked again at least this often. */
const longestWaitMs = 6 * 3_600_000;

/**
 * The work of a tick for one DAG. A DAG that names a schedule asks again what failed with its next slot. One that has only
 * the schedules of its components would do so next month, so there the ticks themselves ask, with waits that grow.
 */
export async function tickDag(ready: ReadyDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  const done = await workDag(ready, options, lent);
  if (ready.dag.schedule !== undefined || !isIdle(done, options)) return done;
  const now = lent.clock.now();
  return (await isTimeToAskAgain(ready, now, lent)) ? await runNow(ready, done, now, options, lent) : done;
}

/** When it has rested half as long as it was tried before: some thirty times in a month. */
async function isTimeToAskAgain(ready: ReadyDag, now: Date, lent: Lent): Promise<boolean> {
  const due = await dueComponents(ready, now, lent);
  if (due.length === 0) return false;
  const { slots } = await lent.state();
  const scope = { environment: lent.config.environment, dag: ready.dag.id };
  // What was deferred has a slot of its own, and a time before which it is of no use to ask.
  const deferred = new Set((await slots.open(scope)).map(({ component }) => component));
  const open = due.flatMap(({ component, newestSlot }) =>
    deferred.has(component) ? [] : (newestSlot?.getTime() ?? []),
  );
  if (open.length === 0) return false;
  // What nobody has asked yet waits for the run of its slot.
  const tried = await slots.answersSince(scope, new Date(Math.max(...open)));
  if (!tried || tried.isAtWork) return false;
  const waitMs = Math.min((tried.endedAt.getTime() - tried.begunAt.getTime()) / 2, longestWaitMs);
  return now.getTime() >= tried.endedAt.getTime() + waitMs;
}
