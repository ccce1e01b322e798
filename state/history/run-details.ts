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
  readonly answersSlots: boolean;
  /** Whether its successes are what later runs go on from. */
  readonly advances: boolean;
  /** Who wanted it stopped. */
  readonly cancel: { readonly at: Date; readonly by: string; readonly reason: string | null } | null;
  /** Runs that have tried its open ends again, oldest first. */
  readonly retries: readonly string[];
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

type Context = Omit<RunDetails, keyof RunRow | 'components'>;

async function readContext(database: Kysely<Schema>, id: string): Promise<Context> {
  const [run, retries] = await Promise.all([selectContext(database, id), retriesOf(database, id)]);
  const { selection, definition, owner, host, pid, answersSlots, advances } = run;
  const { cancelAskedAt: at, cancelAskedBy: by, cancelReason: reason } = run;
  const cancel = at === null || by === null ? null : { at, by, reason };
  return { selection, definition, answersSlots, advances, cancel, retries, owner: { id: owner, host, pid } };
}

function selectContext(database: Kysely<Schema>, id: string) {
  return database
    .selectFrom('run')
    .innerJoin('dag_version', (join) =>
      join.onRef('dag_version.dag', '=', 'run.dag').onRef('dag_version.version', '=', 'run.dag_version'),
    )
    .innerJoin('owner', 'owner.id', 'run.owner')
    .select([
      'run.selection',
      'dag_version.definition',
      'run.owner',
      'owner.host',
      'owner.pid',
      'run.answers_slots as answersSlots',
      'run.advances',
      'run.cancel_asked_at as cancelAskedAt',
      'run.cancel_asked_by as cancelAskedBy',
      'run.cancel_reason as cancelReason',
    ])
    .where('run.id', '=', id)
    .executeTakeFirstOrThrow();
}

async function retriesOf(database: Kysely<Schema>, id: string): Promise<readonly string[]> {
  const rows = await database.selectFrom('run').select('id').where('retry_of', '=', id).orderBy('id').execute();
  return rows.map((row) => row.id);
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
