import type { DataInterval, RunInfo } from '../model/context.ts';
import type { AttemptTask } from '../model/task.ts';

/** The instants of a task as a component sees them. */
export function toldInstants({ run, interval }: AttemptTask): {
  readonly run: RunInfo;
  readonly interval: DataInterval;
} {
  const { asOf, slot, ...info } = run;
  return {
    run: { asOf: new Date(asOf), ...info, ...(slot !== undefined && { slot: new Date(slot) }) },
    interval: { start: new Date(interval.start), end: new Date(interval.end) },
  };
}
