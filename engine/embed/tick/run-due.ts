import type { DagTick } from '../../model/tick.ts';
import { continueDead } from '../continue-dead.ts';
import type { ReadyDag } from '../engine.ts';
import { type Lent, runOnce } from '../run-once.ts';
import { dueComponents } from './due-components.ts';
import type { TickOptions } from './options.ts';
import { workDag } from './work-dag.ts';

/**
 * The work of a tick for one DAG. Where that made no run and yet a component is due, such as one that failed or has never
 * run, one run is made that answers for now.
 */
export async function runDue(ready: ReadyDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  const continued = await continueDead(ready, options, lent);
  const done = await workDue(ready, options, lent);
  return { ...done, runs: [...continued, ...done.runs] };
}

async function workDue(ready: ReadyDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  const done = await workDag(ready, options, lent);
  if (!isIdle(done, options)) return done;
  const asOf = lent.clock.now();
  const due = await dueComponents(ready, asOf, lent);
  return due.length === 0 ? done : await runNow(ready, done, asOf, options, lent);
}

/** Nothing keeps the DAG from a run, and it has had none. */
export function isIdle({ error, paused, runs }: DagTick, { signal }: TickOptions): boolean {
  return error === undefined && !paused && runs.length === 0 && !signal?.aborted;
}

/** A run that answers for now, of whatever is due. */
export async function runNow(
  ready: ReadyDag,
  done: DagTick,
  asOf: Date,
  options: TickOptions,
  lent: Lent,
): Promise<DagTick> {
  const summary = await runOnce(ready, { ...options, trigger: 'scheduled', asOf, answersSlots: true }, lent);
  return { ...done, runs: [{ trigger: 'scheduled', summary }] };
}
