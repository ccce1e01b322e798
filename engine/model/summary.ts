import type { DatasetVersion } from './dataset.ts';
import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { Json } from './json.ts';
import type { QuarantineSummary, Warning } from './outcome.ts';
import type { EndStatus, RunEndStatus, Trigger } from './status.ts';

/** What downstreams read of a component: of this run, or of its last success. */
export interface Published {
  readonly output: Json;
  readonly outputDigest: string;
  /** Of a component that rests in a backfill: the slot that it was made for or, for want of such a one, the newest. */
  readonly madeFor?: Date | 'newest';
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

/** How a run went, for exit codes, reporters and embedders. */
export interface RunSummary {
  readonly runId: string;
  readonly dag: string;
  readonly environment: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  readonly status: RunEndStatus;
  readonly reason?: string;
  /** Component → run that holds it, when this run gave up because of `noWait`. */
  readonly heldBy: Readonly<Record<string, string>>;
  readonly durationMs: number;
  readonly counts: Readonly<Partial<Record<EndStatus, number>>>;
  /** Records that came too late and changed nothing, because another engine had taken over what they are of. */
  readonly refused: number;
  /** Rows published. */
  readonly rows: number;
  /** In the order of the DAG. */
  readonly components: readonly ComponentEnd[];
  readonly storageRoot: string;
  /** In the sandbox: source → where its data came from. Absent elsewhere. */
  readonly sandbox?: Readonly<Record<string, 'files' | 'generated'>>;
}
