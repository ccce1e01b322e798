import type { DatasetVersion } from '../../engine/model/dataset.ts';
import type { Decision } from '../../engine/model/decision.ts';
import type { SourceEvidence } from '../../engine/model/evidence.ts';
import type { AttemptFinish, AttemptStart, ComponentRunEnd, SuccessRecord } from '../../engine/model/ports.ts';
import {
  type AttemptStatus,
  type ComponentRunStatus,
  componentRunMoves,
  isEnd,
  type LiveStatus,
} from '../../engine/model/status.ts';

/** What a move does to the attempts: makes a row, ends the live one, or nothing. */
export type AttemptPart = 'begin' | 'end' | 'none';

/**
 * One transition of one component run, as the flush statement takes it: the keys are its columns. An absent key is
 * null there.
 */
export interface Move {
  readonly id: string;
  readonly from_statuses: readonly LiveStatus[];
  readonly status: ComponentRunStatus;
  readonly reason?: string;
  readonly fence?: number;
  readonly degraded?: boolean;
  readonly finished_at?: Date;
  readonly failure?: unknown;
  readonly attempt_part: AttemptPart;
  readonly attempt_id?: string;
  readonly attempt_status?: AttemptStatus;
  readonly number?: number;
  readonly owner?: string;
  readonly pid?: number;
  readonly started_at?: Date;
  readonly deadline?: Date;
  readonly attempt_finished_at?: Date;
  readonly wall_ms?: number;
  readonly cpu_ms?: number;
  readonly peak_rss_bytes?: number;
  readonly calls?: number;
  readonly bytes_in?: number;
  readonly warnings?: readonly unknown[];
  readonly quarantine?: unknown;
  readonly verdict?: string;
  readonly decision_reason?: string;
  readonly checks?: readonly unknown[];
  readonly output?: unknown;
  readonly output_digest?: string;
  readonly fingerprint?: string;
  readonly upstream_digests?: unknown;
  readonly rows?: number;
  readonly bytes?: number;
  readonly evidence?: readonly SourceEvidence[];
  readonly datasets?: readonly unknown[];
}

export function startMove(start: AttemptStart): Move {
  return {
    id: start.componentRunId,
    from_statuses: componentRunMoves.running,
    status: 'running',
    fence: start.fence,
    degraded: start.degraded,
    attempt_part: 'begin',
    attempt_id: start.attemptId,
    attempt_status: 'running',
    number: start.number,
    owner: start.owner,
    started_at: start.startedAt,
    deadline: start.deadline,
    ...(start.pid === undefined ? {} : { pid: start.pid }),
    ...decisionPart(start.decision),
  };
}

export function finishMove(finish: AttemptFinish): Move {
  const { componentStatus, metrics, failure, quarantine, success } = finish;
  return {
    id: finish.componentRunId,
    from_statuses: componentRunMoves[componentStatus],
    status: componentStatus,
    reason: finish.reason,
    fence: finish.fence,
    attempt_part: 'end',
    attempt_id: finish.attemptId,
    attempt_status: finish.attemptStatus,
    attempt_finished_at: finish.finishedAt,
    wall_ms: metrics.wallMs,
    ...(metrics.cpuMs === undefined ? {} : { cpu_ms: metrics.cpuMs }),
    ...(metrics.peakRssBytes === undefined ? {} : { peak_rss_bytes: metrics.peakRssBytes }),
    ...(metrics.calls === undefined ? {} : { calls: metrics.calls }),
    ...(metrics.bytesIn === undefined ? {} : { bytes_in: metrics.bytesIn }),
    ...(finish.warnings.length > 0 ? { warnings: finish.warnings } : {}),
    ...(isEnd(componentStatus) ? { finished_at: finish.finishedAt } : {}),
    ...(failure ? { failure } : {}),
    ...(quarantine ? { quarantine } : {}),
    ...(success ? successPart(success) : {}),
  };
}

/** Not from `running`: there an attempt is live, and only its own end may end the component run. */
export function endMove(end: ComponentRunEnd): Move {
  return {
    id: end.componentRunId,
    from_statuses: componentRunMoves[end.status].filter((status) => status !== 'running'),
    status: end.status,
    reason: end.reason,
    degraded: end.degraded,
    finished_at: end.finishedAt,
    attempt_part: 'none',
    ...(end.fence === undefined ? {} : { fence: end.fence }),
    ...(end.failure ? { failure: end.failure } : {}),
    ...(end.evidence ? { evidence: end.evidence } : {}),
    ...decisionPart(end.decision),
  };
}

function decisionPart(decision: Decision | undefined): Partial<Move> {
  if (!decision) return {};
  return { verdict: decision.verdict, decision_reason: decision.reason, checks: decision.checks };
}

function successPart(success: SuccessRecord): Partial<Move> {
  return {
    output: success.output,
    output_digest: success.outputDigest,
    fingerprint: success.fingerprint,
    upstream_digests: success.upstreamDigests,
    rows: success.rows,
    bytes: success.bytes,
    ...(success.evidence.length > 0 ? { evidence: success.evidence } : {}),
    ...(success.datasets.length > 0 ? { datasets: success.datasets.map(datasetRow) } : {}),
  };
}

function datasetRow(version: DatasetVersion): unknown {
  const { id, dataset, path, rows, bytes, sha256, digest, schema, evidence, publishedAt } = version;
  return { id, dataset, path, rows, bytes, sha256, digest, schema, evidence, published_at: publishedAt };
}
