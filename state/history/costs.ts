import { type Kysely, sql } from 'kysely';
import type { ComponentCost } from '../../engine/model/foreseen.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { Schema } from '../schema.ts';

/** What it took last time, by component; those that never succeeded are absent. */
export async function readCosts(
  database: Kysely<Schema>,
  { environment, dag }: Scope,
): Promise<ReadonlyMap<string, ComponentCost>> {
  const { rows } = await sql<ComponentCost & { readonly component: string }>`
    select k.component, took.median as "wallMs", attempt.calls
    from signalbox.claim k
    left join signalbox.component_run holder
      on holder.id = k.component_run_id and holder.status = 'success' and k.as_of is not null
    cross join lateral (
      select percentile_cont(0.5) within group (order by wall_ms) as median
      from unnest(k.recent_wall_ms || holder.wall_ms) as wall_ms) took
    left join lateral (
      select a.calls from signalbox.attempt a
      where a.component_run_id = coalesce(holder.id, k.last_success) and a.status = 'success' limit 1) attempt on true
    where k.environment = ${environment} and k.dag = ${dag} and took.median is not null`.execute(database);
  return new Map(rows.map(({ component, wallMs, calls }) => [component, { wallMs, calls }]));
}
