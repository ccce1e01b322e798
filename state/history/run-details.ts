import type { Kysely } from 'kysely';
import type { Decision } from '../../engine/model/decision.ts';
import type { Failure } from '../../engine/model/failure.ts';
import type { Json, JsonObject } from '../../engine/model/json.ts';
import type { ComponentRunStatus } from '../../engine/model/status.ts';
import { checksOf } from '../decision-checks.ts';
import type { Schema } from '../schema.ts';
import { type AttemptRow, attemptsOf } from './attempts.ts';
import { findRun, type RunRow } from './runs.ts';

export interface ComponentRunRow {
  readonly id: string;
  readonly component: string;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
  readonly degraded: boolean;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly output: Json;
  readonly failure: Failure | null;
  readonly decision?: Decision;
  readonly attempts: readonly AttemptRow[];
}

export interface RunDetails extends RunRow {
  readonly selection: JsonObject;
  readonly definition: JsonObject;
  readonly owner: { readonly id: string; readonly host: string; readonly pid: number };
  /** In the order in which they were made, which is the DAG's. */
  readonly components: readonly ComponentRunRow[];
}

export async function readRun(database: Kysely<Schema>, id: string): Promise<RunDetails | undefined> {
  const run = await findRun(database, id);
  if (!run) return undefined;
  const [context, components] = await Promise.all([readContext(database, run.id), readComponents(database, run.id)]);
  return { ...run, ...context, components };
}

async function readContext(
  database: Kysely<Schema>,
  id: string,
): Promise<Pick<RunDetails, 'selection' | 'definition' | 'owner'>> {
  const { selection, definition, owner, host, pid } = await database
    .selectFrom('run')
    .innerJoin('dag_version', (join) =>
      join.onRef('dag_version.dag', '=', 'run.dag').onRef('dag_version.version', '=', 'run.dag_version'),
    )
    .innerJoin('owner', 'owner.id', 'run.owner')
    .select(['run.selection', 'dag_version.definition', 'run.owner', 'owner.host', 'owner.pid'])
    .where('run.id', '=', id)
    .executeTakeFirstOrThrow();
  return { selection, definition, owner: { id: owner, host, pid } };
}

async function readComponents(database: Kysely<Schema>, runId: string): Promise<readonly ComponentRunRow[]> {
  const [rows, attempts] = await Promise.all([selectComponents(database, runId), attemptsOf(database, runId)]);
  return rows.map(({ verdict, decisionReason, checks, ...row }) => ({
    ...row,
    ...(verdict !== null && decisionReason !== null && checks !== null
      ? { decision: { verdict, reason: decisionReason, checks: checksOf(checks) } }
      : {}),
    attempts: attempts.get(row.id) ?? [],
  }));
}

function selectComponents(database: Kysely<Schema>, runId: string) {
  return database
    .selectFrom('component_run')
    .leftJoin('decision', 'decision.component_run_id', 'component_run.id')
    .select([
      'component_run.id',
      'component_run.component',
      'component_run.status',
      'component_run.reason',
      'component_run.degraded',
      'component_run.started_at as startedAt',
      'component_run.finished_at as finishedAt',
      'component_run.rows',
      'component_run.bytes',
      'component_run.output',
      'component_run.failure',
      'decision.verdict',
      'decision.reason as decisionReason',
      'decision.checks',
    ])
    .where('component_run.run_id', '=', runId)
    .orderBy('component_run.id')
    .execute();
}
