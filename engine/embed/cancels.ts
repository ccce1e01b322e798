import type { Clock } from '../model/ports.ts';
import type { RunKeeper } from '../model/run-keeper.ts';
import type { RunPorts } from '../run/ports.ts';

/** What is over sooner never asks. */
const lookEveryMs = 1_000;

/** Looks once a second whether somebody wants the run cancelled. */
export function cancelsOf(keeper: RunKeeper, clock: Clock): RunPorts['awaitCancel'] {
  return async (runId, over) => {
    while (!over.aborted) {
      await clock.sleep(lookEveryMs, over);
      // A look that fails is made up for by the next one.
      if (!over.aborted && (await keeper.isCancelled(runId).catch(() => false))) return true;
    }
    return false;
  };
}
