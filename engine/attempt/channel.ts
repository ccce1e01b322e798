import type { Progress } from '../model/context.ts';
import type { QuotaCounter } from '../model/quota.ts';
import type { LogLine } from '../model/task.ts';

/** How an attempt is heard while it runs. */
export interface Channel {
  log(line: LogLine): void;
  progress(progress: Progress): void;
  /** Absent where calls are not counted. */
  readonly quota?: QuotaCounter;
}
