import type { Backfill, SlotToFill } from '../../model/backfill.ts';
import { programName } from '../../model/program.ts';
import type { SlotRun } from '../../model/tick.ts';
import { SlotTaken } from '../../run/slot-taken.ts';
import type { ReadyDag } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { recoverDead } from '../recover.ts';
import { type Lent, runOnce } from '../run-once.ts';
import type { TickOptions } from '../tick/options.ts';
import type { BackfillOptions } from './options.ts';

/**
 * Makes the runs of a backfill until no slot waits, as many at a time as it may have. Whoever else works on it takes other
 * slots; what a process leaves behind that was killed, the next one takes up.
 */
export async function workBackfill(
  ready: ReadyDag,
  backfill: Backfill,
  options: TickOptions,
  lent: Lent,
): Promise<readonly SlotRun[]> {
  const { backfills, owners } = await lent.state();
  await recoverDead(owners, lent.clock);
  const runs: SlotRun[] = [];
  const lane = async () => {
    while (!options.signal?.aborted) {
      const next = await backfills.next(backfill.id);
      if (next.kind !== 'slot') return;
      const run = await runSlot(ready, next, backfill, options, lent);
      if (run) runs.push(run);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: backfill.maxActive }, lane));
  // Not before the runs of the others have ended: whoever hears of it closes what they write to.
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  await backfills.complete(backfill.id, lent.clock.now());
  return runs;
}

/** Undefined when somebody else was first. */
async function runSlot(
  ready: ReadyDag,
  { slot, components }: SlotToFill,
  backfill: Backfill,
  options: TickOptions,
  lent: Lent,
): Promise<SlotRun | undefined> {
  const trigger = 'backfill';
  const { id, selection, advances } = backfill;
  const chosen = components ? { components } : (selection as Pick<BackfillOptions, 'components'>);
  requireStillThere(ready, chosen.components ?? [], backfill);
  const terms = { trigger, slot, answersSlots: true, advances, backfill: id } as const;
  try {
    const summary = await runOnce(ready, { ...options, ...chosen, ...terms }, lent);
    return { slot, trigger, summary };
  } catch (error) {
    if (error instanceof SlotTaken) return undefined;
    throw error;
  }
}

/** The DAG may have lost components since the backfill was recorded; nobody but a person can say what is meant then. */
function requireStillThere({ dag }: ReadyDag, components: readonly string[], { id, environment }: Backfill): void {
  const gone = components.filter((component) => !dag.components.some((known) => known.id === component));
  if (gone.length === 0) return;
  const names = gone.map((component) => `\`${component}\``).join(', ');
  throw new EngineError(
    `expected backfill ${id} to name components of ${dag.id}, got ${names}, no longer one of them`,
    {
      hint: `Cancel it: ${programName} backfill cancel ${id} --env ${environment}. What it has filled stays.`,
      exitCode: 2,
    },
  );
}
