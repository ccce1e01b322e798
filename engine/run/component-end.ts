import type { DatasetVersion } from '../model/dataset.ts';
import type { Decision } from '../model/decision.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { QuarantineSummary, Warning } from '../model/outcome.ts';
import type { EndStatus } from '../model/status.ts';

/** What downstreams read of a component: of this run, or of its last success. */
export interface Published {
  readonly output: Json;
  readonly outputDigest: string;
}

/** How a component of the run ended, as recorded. */
export interface ComponentEnd {
  readonly component: string;
  readonly status: EndStatus;
  readonly reason: string;
  readonly degraded: boolean;
  readonly attempts: number;
  readonly durationMs: number;
  readonly decision?: Decision;
  readonly failure?: Failure;
  readonly published?: Published;
  readonly datasets: readonly DatasetVersion[];
  readonly warnings: readonly Warning[];
  readonly quarantine?: QuarantineSummary;
}
