import type { Kysely, Selectable } from 'kysely';
import type { Failure } from '../../engine/model/failure.ts';
import type { AttemptMetrics, QuarantineSummary, Warning } from '../../engine/model/outcome.ts';
import type { AttemptStatus } from '../../engine/model/status.ts';
import type { AttemptTable, Schema } from '../schema.ts';

export interface AttemptRow {
  readonly id: string;
  readonly number: number;
  readonly status: AttemptStatus;
  readonly fence: number;
  readonly pid: number | null;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly finishedAt: Date | null;
  readonly failure: Failure | null;
  /** Absent while it runs, and for a lost attempt. */
  readonly metrics?: AttemptMetrics;
  readonly warnings: readonly Warning[];
  readonly quarantine: QuarantineSummary | null;
}

/** The attempts of a run, by component run, first try first. */
export async function attemptsOf(
  database: Kysely<Schema>,
  runId: string,
): Promise<ReadonlyMap<string, readonly AttemptRow[]>> {
  const rows = await database
    .selectFrom('attempt')
    .innerJoin('component_run', 'component_run.id', 'attempt.component_run_id')
    .selectAll('attempt')
    .where('component_run.run_id', '=', runId)
    .orderBy('attempt.component_run_id')
    .orderBy('attempt.number')
    .execute();
  const attempts = new Map<string, AttemptRow[]>();
  for (const row of rows) {
    const others = attempts.get(row.component_run_id);
    if (others) others.push(toAttemptRow(row));
    else attempts.set(row.component_run_id, [toAttemptRow(row)]);
  }
  return attempts;
}

function toAttemptRow(row: Selectable<AttemptTable>): AttemptRow {
  const { id, number, status, fence, pid, deadline, failure, warnings, quarantine } = row;
  const same = { id, number, status, fence, pid, deadline, failure, warnings, quarantine };
  const metrics = row.wall_ms === null ? {} : { metrics: metricsOf(row, row.wall_ms) };
  return { ...same, startedAt: row.started_at, finishedAt: row.finished_at, ...metrics };
}

function metricsOf(row: Selectable<AttemptTable>, wallMs: number): AttemptMetrics {
  return {
    wallMs,
    ...(row.cpu_ms === null ? {} : { cpuMs: row.cpu_ms }),
    ...(row.peak_rss_bytes === null ? {} : { peakRssBytes: row.peak_rss_bytes }),
    ...(row.calls === null ? {} : { calls: row.calls }),
    ...(row.bytes_in === null ? {} : { bytesIn: row.bytes_in }),
  };
}
