import { applyOverlay } from '../../../config/overlay.ts';
import { describeDag } from '../../api/describe-dag.ts';
import { findDags } from '../../load/find-dags.ts';
import type { LoadedDag } from '../../load/load-dag.ts';
import type { DagTick } from '../../model/tick.ts';
import { dagFolderOf } from '../ready-dag.ts';
import type { Lent } from '../run-once.ts';
import type { Tick, TickOptions } from './options.ts';
import { workDag } from './work-dag.ts';

/** Does for every DAG of the project what has become due since the last tick, and leaves word that it was there. */
export async function tick(options: TickOptions, lent: Lent): Promise<Tick> {
  const { config, clock } = lent;
  const { environment } = config;
  const [{ slots }, { id: owner, host }] = await Promise.all([lent.state(), lent.owner()]);
  await slots.beginTick({ environment, host, owner, startedAt: clock.now() });
  const { dags, errors } = await findDags(dagFolderOf(config));
  const works = dags.map((loaded) => () => workLoaded(loaded, options, lent));
  const done = { environment, dags: await atOnce(works, config.settings.tickConcurrency), broken: errors };
  await slots.endTick({ environment, owner, finishedAt: clock.now(), isWell: isWell(done) });
  return done;
}

function isWell({ dags, broken }: Tick): boolean {
  const isFine = ({ error, runs }: DagTick) =>
    error === undefined && runs.every(({ summary }) => summary.status === 'success');
  return broken.length === 0 && dags.every(isFine);
}

/** Also what the environment has against the DAG concerns this one only. */
async function workLoaded({ dag, version, bundle }: LoadedDag, options: TickOptions, lent: Lent): Promise<DagTick> {
  try {
    const overlaid = applyOverlay(dag, lent.config.settings);
    return await workDag({ dag: overlaid, version, definition: describeDag(dag), bundle }, options, lent);
  } catch (error) {
    return { dag: dag.id, runs: [], passed: [], error };
  }
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
