/**
 * A part of history, asked with the environment ($1), the instant before which things are old ($2), the key after which to go
 * on ($3) and how many rows to look at ($4). It answers with one row: `last`, the key of the last one it looked at, or null
 * when there was none; `counts` of what it removed, by table; and `paths` of files that are no longer on record.
 */
export interface CleanStep {
  readonly goesBy: 'history' | 'versions';
  readonly sql: string;
}

/** Its files are asked for when it is decided whether the component is unchanged, and by readers of what is live. */
const isNeededVersion = `
  exists (
    select from signalbox.claim k
    left join signalbox.component_run holder
      on holder.id = k.component_run_id and holder.status = 'success' and k.as_of is not null
    where k.environment = v.environment and k.dag = v.dag and k.component = v.component
      and v.component_run_id = coalesce(holder.id, k.last_success))
  or v.id = (
    select n.id from signalbox.dataset_version n
    where n.environment = v.environment and n.dag = v.dag and n.dataset = v.dataset and n.advances
    order by n.published_at desc, n.id desc limit 1)`;

/** What deciding goes by, what is published, and the run by which `status` and `explain` tell how things stand. */
const isNeededComponentRun = `
  exists (
    select from signalbox.claim k
    where k.environment = c.environment and k.dag = c.dag and k.component = c.component
      and c.id in (k.component_run_id, k.last_success))
  or exists (
    select from signalbox.source_state s
    where s.environment = c.environment and s.dag = c.dag and s.component = c.component and s.component_run_id = c.id)
  or exists (select from signalbox.dataset_version v where v.component_run_id = c.id)
  or r.id = (
    select n.id from signalbox.run n
    where n.environment = r.environment and n.dag = r.dag and n.reason is distinct from 'busy' and n.trigger <> 'backfill'
    order by n.id desc limit 1)
  or r.answers_slots and r.as_of >= (
    select min(s.slot) from signalbox.slot s
    where s.environment = r.environment and s.dag = r.dag and s.status = 'due')`;

/** Whatever names another row goes before it. */
export const cleanSteps: readonly CleanStep[] = [
  {
    goesBy: 'versions',
    sql: `
with looked as materialized (
  select v.id, coalesce(${isNeededVersion}, false) as stays from signalbox.dataset_version v
  where v.environment = $1 and v.published_at < $2 and v.id > $3 order by v.id limit $4
), gone as (
  delete from signalbox.dataset_version where id in (select id from looked where not stays) returning path
)
select (select max(id::text) from looked) as last, (select json_agg(path) from gone) as paths,
  json_build_object('dataset_version', (select count(*) from gone)) as counts`,
  },
  {
    goesBy: 'history',
    sql: `
with looked as materialized (
  select id from signalbox.backfill where environment = $1 and finished_at < $2 and id > $3 order by id limit $4
), slots as (
  delete from signalbox.backfill_slot where backfill_id in (select id from looked)
), gone as (
  delete from signalbox.backfill where id in (select id from looked) returning 1
)
select (select max(id::text) from looked) as last, json_build_object('backfill', (select count(*) from gone)) as counts`,
  },
  {
    goesBy: 'history',
    sql: `
with looked as materialized (
  select c.id, coalesce(${isNeededComponentRun}, false) as stays
  from signalbox.component_run c join signalbox.run r on r.id = c.run_id
  where c.environment = $1 and r.finished_at < $2 and c.finished_at is not null and c.id > $3 order by c.id limit $4
), chosen as (
  select id from looked where not stays
), attempts as (
  delete from signalbox.attempt where component_run_id in (select id from chosen) returning 1
), decisions as (
  delete from signalbox.decision where component_run_id in (select id from chosen) returning 1
), gone as (
  delete from signalbox.component_run where id in (select id from chosen) returning 1
)
select (select max(id::text) from looked) as last, json_build_object('component_run', (select count(*) from gone),
  'attempt', (select count(*) from attempts), 'decision', (select count(*) from decisions)) as counts`,
  },
  {
    goesBy: 'history',
    sql: `
with looked as materialized (
  select r.id, exists (select from signalbox.component_run c where c.run_id = r.id)
    or exists (select from signalbox.backfill_slot b where b.run_id = r.id) as stays
  from signalbox.run r where r.environment = $1 and r.finished_at < $2 and r.id > $3 order by r.id limit $4
), chosen as (
  select id from looked where not stays
), slots as (
  delete from signalbox.slot where run_id in (select id from chosen) returning 1
), gone as (
  delete from signalbox.run where id in (select id from chosen) returning 1
)
select (select max(id::text) from looked) as last,
  json_build_object('run', (select count(*) from gone), 'slot', (select count(*) from slots)) as counts`,
  },
  {
    goesBy: 'history',
    sql: `
with gone as (
  delete from signalbox.slot where (environment, dag, component, slot) in (
    select environment, dag, component, slot from signalbox.slot
    where environment = $1 and coalesce(slot_to, slot) < $2 and status <> 'due' and run_id is null
      and $3::uuid is not null limit $4)
  returning 1
)
select case when count(*) > 0 then $3 end as last, json_build_object('slot', count(*)) as counts from gone`,
  },
  // Of no environment: each process has one.
  {
    goesBy: 'history',
    sql: `
with gone as (
  delete from signalbox.owner where id in (
    select o.id from signalbox.owner o
    where $1::text is not null and o.retired_at < $2 and o.id > $3
      and not exists (select from signalbox.run r where r.owner = o.id) order by o.id limit $4)
  returning id
)
select max(id::text) as last, json_build_object('owner', count(*)) as counts from gone`,
  },
];
