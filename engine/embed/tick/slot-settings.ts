import type { Settings } from '../../../config/schema.ts';
import type { Dag } from '../../model/component.ts';
import type { CatchupPolicy } from '../../model/slot.ts';

/** What becomes of late slots of one DAG in one environment. */
export interface SlotSettings {
  readonly catchup: CatchupPolicy;
  readonly toleranceMs: number;
  readonly catchupWindowMs: number;
  /** Of late slots under `all`, so many are caught up at once. */
  readonly cap: number;
}

const cap = 100;

/** The DAG's own words win; where it says nothing, the environment's count. */
export function slotSettingsOf(dag: Dag, settings: Settings): SlotSettings {
  return {
    catchup: dag.catchup ?? settings.catchup,
    toleranceMs: dag.toleranceMs ?? settings.tolerance,
    catchupWindowMs: dag.catchupWindowMs ?? settings.catchupWindow,
    cap,
  };
}
