import { findDags } from '../../load/find-dags.ts';
import type { LoadedDag } from '../../load/load-dag.ts';
import type { DagTick } from '../../model/tick.ts';
import { continueDead, endOrphanedRuns } from '../continue-dead.ts';
import type { ReadyDag } from '../engine.ts';
import { dagFolderOf, readyLoaded } from '../ready-dag.ts';
import { recoverDead } from '../recover.ts';
import type { Lent } from '../run-once.ts';
import type { Tick, TickOptions } from './options.ts';
import { tickDag } from './tick-dag.ts';

/** Does for every DAG of the project what has become due since the last tick, and leaves word that it was there. */
export async function tick(options: TickOptions, lent: Lent): Promise<Tick> {
  const { config, clock } = lent;
  const { environment } = config;
  const [{ slots, owners }, { id: owner, host }] = await Promise.all([lent.state(), lent.owner()]);
  await slots.beginTick({ environment, host, owner, startedAt: clock.now() });
  await recoverDead(owners, clock);
  const { dags, errors } = await findDags(dagFolderOf(config));
  await endOrphanedRuns(new Set(dags.map(({ dag }) => dag.id)), lent);
  const works = dags.map((loaded) => () => workLoaded(loaded, options, lent));
  const done = { environment, dags: await atOnce(works, config.settings.tickConcurrency), broken: errors };
  await slots.endTick({ environment, owner, finishedAt: clock.now(), isWell: isWell(done) });
  return done;
}

function isWell({ dags, broken }: Tick): boolean {
  return broken.length === 0 && dags.every(isFine);
}

function isFine({ error, runs }: DagTick): boolean {
  return error === undefined && runs.every(({ summary }) => summary.status === 'success');
}

/** Also what the environment has against the DAG concerns this one only. */
async function workLoaded(loaded: LoadedDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  try {
    const ready = readyLoaded(loaded, lent.config);
    const continued = await continueDead(ready, options, lent);
    const done = await tickDag(ready, options, lent);
    return await thenBackfills(ready, { ...done, runs: [...continued, ...done.runs] }, options, lent);
  } catch (error) {
    return { dag: loaded.dag.id, runs: [], passed: [], error };
  }
}

/** What is due now comes before the past. */
async function thenBackfills(ready: ReadyDag, done: DagTick, options: TickOptions, lent: Lent): Promise<DagTick> {
  if (done.paused || done.error !== undefined) return done;
  const { backfills } = await lent.state();
  const runs = [...done.runs];
  const filter = { environment: lent.config.environment, dag: done.dag, running: true };
  const errors: unknown[] = [];
  const noteError = (error: unknown) => void errors.push(error);
  const running = await backfills.list(filter).catch(noteError);
  for (const backfill of running ?? []) {
    const { workBackfill } = await import('../backfill/work-backfill.ts');
    // One that cannot be worked on keeps no other waiting.
    runs.push(...((await workBackfill(ready, backfill, options, lent).catch(noteError)) ?? []));
  }
  return { ...done, runs, ...(errors.length > 0 && { error: errors[0] }) };
}

async function atOnce<Result>(works: readonly (() => Promise<Result>)[], limit: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < works.length; index = next++) {
      const work = works[index];
      if (work) results[index] = await work();
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, works.length) }, lane));
  return results;
}
