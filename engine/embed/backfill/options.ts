import type { NewBackfill, Reprocess } from '../../model/backfill.ts';

export interface BackfillOptions {
  readonly from: Date;
  /** Included. */
  readonly to: Date;
  /** Only these components. */
  readonly components?: readonly string[];
  /** Which slots that had a run get one again. Default `none`. */
  readonly reprocess?: Reprocess;
  /** Default 1. */
  readonly maxActive?: number;
  /** The newest slot first. */
  readonly backwards?: boolean;
  /** Later runs go on from what it leaves. Default false: the past is filled and the present left alone. */
  readonly advances?: boolean;
  /** What these slots hold is to be made anew: leaves an audit row. */
  readonly clears?: boolean;
  readonly createdBy: string;
}

/** What would be recorded, and which slots of the span it leaves out because a run for them has asked all that it would ask. */
export interface PlannedBackfill {
  readonly backfill: NewBackfill;
  readonly left: readonly Date[];
}
