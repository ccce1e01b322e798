import type { Kysely } from 'kysely';
import type { Failure } from '../../engine/model/failure.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { ComponentRunStatus } from '../../engine/model/status.ts';
import type { Schema } from '../schema.ts';
import { latestRun, listRuns } from './runs.ts';

/** How a component stands: its end in the newest run of the DAG that had its turn and was no backfill, and its newest success. */
export interface ComponentState {
  readonly component: string;
  readonly runId: string;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly failure: Failure | null;
  readonly lastSuccessAt: Date | null;
}

export async function readStatus(database: Kysely<Schema>, scope: Scope): Promise<readonly ComponentState[]> {
  const run = (await newestWithTurn(database, scope)) ?? (await latestRun(database, scope));
  if (!run) return [];
  return await database
    .selectFrom('component_run')
    .leftJoin('claim', (join) =>
      join
        .onRef('claim.environment', '=', 'component_run.environment')
        .onRef('claim.dag', '=', 'component_run.dag')
        .onRef('claim.component', '=', 'component_run.component'),
    )
    .leftJoin('component_run as holder', (join) =>
      join
        .onRef('holder.id', '=', 'claim.component_run_id')
        .on('holder.status', '=', 'success')
        .on('claim.as_of', 'is not', null),
    )
    .leftJoin('component_run as earlier', 'earlier.id', 'claim.last_success')
    .select(({ fn }) => [
      'component_run.component',
      'component_run.run_id as runId',
      'component_run.status',
      'component_run.reason',
      'component_run.started_at as startedAt',
      'component_run.finished_at as finishedAt',
      'component_run.failure',
      fn.coalesce('holder.finished_at', 'earlier.finished_at').as('lastSuccessAt'),
    ])
    .where('component_run.run_id', '=', run.id)
    .orderBy('component_run.id')
    .execute();
}

/**
 * A run that gave up for being busy did nothing: the run that was in its way tells where the components stand. One of a
 * backfill is about the past.
 */
async function newestWithTurn(database: Kysely<Schema>, scope: Scope) {
  return (await listRuns(database, { ...scope, tellsStanding: true, limit: 1 }))[0];
}
