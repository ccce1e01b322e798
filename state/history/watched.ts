import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../engine/model/ports.ts';
import type { WatchedComponent } from '../../engine/model/watched.ts';
import type { Schema } from '../schema.ts';

/** Runs of each DAG that are looked back on for what a success takes. */
const newestRuns = 200;

/** Components that have declared sources, of one DAG or of all, by name: what became of their probes, and what a success takes. */
export async function readWatched(
  database: Kysely<Schema>,
  { environment, dag }: Pick<Scope, 'environment'> & Partial<Scope>,
): Promise<readonly WatchedComponent[]> {
  const { rows } = await sql<WatchedComponent>`
    with watched as (
      select s.dag, s.component, s.evidence, s.trust,
        k.skips + coalesce(holder.status = 'unchanged' and k.as_of is not null, false)::integer as skips
      from signalbox.source_state s
      join signalbox.claim k on k.environment = s.environment and k.dag = s.dag and k.component = s.component
      left join signalbox.component_run holder on holder.id = k.component_run_id
      where s.environment = ${environment} and (${dag ?? null}::text is null or s.dag = ${dag ?? null})),
    typical as (
      select d.dag, c.component, count(*)::integer as successes,
        percentile_cont(0.5) within group (order by a.wall_ms) as wall_ms,
        percentile_cont(0.5) within group (order by coalesce(a.calls, 0)) as calls,
        percentile_cont(0.5) within group (order by coalesce(a.bytes_in, 0)) as bytes
      from (select distinct dag from watched) d
      cross join lateral (
        select id from signalbox.run r where r.environment = ${environment} and r.dag = d.dag
        order by id desc limit ${newestRuns}) r
      join signalbox.component_run c on c.run_id = r.id and c.status = 'success'
      join signalbox.attempt a on a.component_run_id = c.id and a.status = 'success'
      group by d.dag, c.component)
    select w.dag, w.component, w.skips, w.trust, (
        select json_agg(json_build_object('source', e ->> 'source', 'bytes', (
          select coalesce(sum((p ->> 'bytes')::bigint), 0) from jsonb_array_elements(e -> 'parts') p)) order by n)
        from jsonb_array_elements(w.evidence) with ordinality as t (e, n)) as sources,
      case when t.successes is not null then json_build_object('successes', t.successes, 'wallMs', t.wall_ms,
        'calls', t.calls, 'bytes', t.bytes) end as typical
    from watched w left join typical t on t.dag = w.dag and t.component = w.component
    order by w.dag, w.component`.execute(database);
  return rows;
}
