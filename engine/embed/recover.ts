import type { Clock, OwnerStore } from '../model/ports.ts';
import { endOrphans } from '../run/children/orphans.ts';

/**
 * What every process does before it begins to work: engines that died are declared dead, what they had at work is `lost`,
 * and what they left running is ended. One short question when nobody died.
 */
export async function recoverDead(owners: OwnerStore, clock: Clock): Promise<void> {
  const dead = await owners.endDead();
  await Promise.all(dead.map(({ id }) => endOrphans(id, clock)));
}
