import type { Scope } from '../../model/ports.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import { dueOf } from '../../schedule/due.ts';
import type { ReadyDag } from '../engine.ts';
import { givenUpSlots } from '../given-up.ts';
import type { Lent } from '../run-once.ts';
import { slotSettingsOf } from './slot-settings.ts';

export interface DueComponent {
  readonly component: string;
  /** Undefined for one without any schedule. */
  readonly newestSlot: Date | undefined;
}

/**
 * The components that are due now, whatever slots of the DAG are open. One without a schedule of its own goes by the
 * DAG's: else it would be due whenever somebody asks. Late ones that the policy has given up are not among them.
 */
export async function dueComponents({ dag }: ReadyDag, now: Date, lent: Lent): Promise<readonly DueComponent[]> {
  const { config, state } = lent;
  const scope: Scope = { environment: config.environment, dag: dag.id };
  const { own, components } = dagScheduleOf(dag);
  const { memory, slots } = await state();
  const successes = await memory.lastSuccesses(scope);
  const isNone = slotSettingsOf(dag, config.settings).catchup === 'none';
  const isGivenUp = isNone ? await givenUpSlots(dag, now, scope, slots) : undefined;
  return dag.components.flatMap(({ id, enabled }) => {
    if (!enabled) return [];
    const lastAnswered = successes.get(id)?.answeredUntil;
    const { due, newestSlot } = dueOf({ schedule: components.get(id) ?? own, now, lastAnswered, isGivenUp });
    return due ? [{ component: id, newestSlot }] : [];
  });
}
