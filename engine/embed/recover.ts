import { endOrphans } from '../run/children/orphans.ts';
import type { Lent } from './run-once.ts';

/**
 * What every process does before it begins to work: engines that died are declared dead, what they had at work is `lost`,
 * and what they left running is ended. One short question when nobody died.
 */
export async function recoverDead({ state, clock }: Pick<Lent, 'state' | 'clock'>): Promise<void> {
  const { owners } = await state();
  const dead = await owners.endDead();
  await Promise.all(dead.map(({ id }) => endOrphans(id, clock)));
}
