import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../engine/model/ports.ts';
import type { Schema } from '../schema.ts';

/** Runs that are looked back on. */
const newestRuns = 500;

/** By component, of the times that it was asked in the newest runs and not forced: how often something had changed. */
export async function readChangedShares(
  database: Kysely<Schema>,
  { environment, dag }: Scope,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ readonly component: string; readonly share: number }>`
    select c.component, avg((c.status = 'success')::integer)::double precision as share
    from (
      select id from signalbox.run where environment = ${environment} and dag = ${dag} and not forced
      order by id desc limit ${newestRuns}) r
    join signalbox.component_run c on c.run_id = r.id and c.status in ('success', 'unchanged')
    group by c.component`.execute(database);
  return new Map(rows.map(({ component, share }) => [component, share]));
}
