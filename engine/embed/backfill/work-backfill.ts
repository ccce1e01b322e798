import type { Backfill, SlotToFill } from '../../model/backfill.ts';
import type { SlotRun } from '../../model/tick.ts';
import { SlotTaken } from '../../run/slot-taken.ts';
import type { ReadyDag } from '../engine.ts';
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
  const { backfills } = await lent.state();
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
  { id, selection, advances }: Backfill,
  options: TickOptions,
  lent: Lent,
): Promise<SlotRun | undefined> {
  const trigger = 'backfill';
  const chosen = components ? { components } : (selection as Pick<BackfillOptions, 'components'>);
  const terms = { trigger, slot, answersSlots: true, advances, backfill: id } as const;
  try {
    const summary = await runOnce(ready, { ...options, ...chosen, ...terms }, lent);
    return { slot, trigger, summary };
  } catch (error) {
    if (error instanceof SlotTaken) return undefined;
    throw error;
  }
}
