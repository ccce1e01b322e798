import type { Clock } from '../../model/ports.ts';
import { killEach, livingKin, signalGroup } from './process-table.ts';

/** How long the proof of death may take, as on the ladder. */
const proofMs = 5_000;
const pollMs = 10;

/** What the children of one engine carry in their environment, each with something of its own behind it. */
export function markOf(engine: string): string {
  return `${engine}.`;
}

/**
 * Ends what an engine that is gone has left running, also what left its group: at most 5 s. An engine on another host, or
 * that of another user, has nothing here that can be seen.
 */
export async function endOrphans(engine: string, clock: Clock): Promise<void> {
  const startedMs = clock.monotonicMs();
  for (let kin = livingKin(markOf(engine)); kin.pids.length > 0; kin = livingKin(markOf(engine))) {
    if (clock.monotonicMs() - startedMs >= proofMs) return;
    for (const group of kin.groups) signalGroup(group, 'SIGKILL');
    killEach(kin.pids);
    await clock.sleep(pollMs);
  }
}
