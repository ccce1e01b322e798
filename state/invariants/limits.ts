import { programName } from '../../engine/model/program.ts';
import type { Invariant } from './invariant.ts';

/**
 * Attempts of a day, each with the span in which it certainly had its place: the record of an end is written after the
 * place was given back. When a lost one ended nobody knows.
 */
const placed = `
select a.id, c.run_id as run, r.environment, r.dag, r.dag_version, c.component, a.started_at as begun,
  coalesce(a.started_at + floor(a.wall_ms) * interval '1 millisecond', a.finished_at, 'infinity') as ended
from signalbox.run r
join signalbox.component_run c on c.run_id = r.id
join signalbox.attempt a on a.component_run_id = c.id and a.status <> 'lost'
where r.started_at > now() - interval '1 day'`;

/** The most that were at work at once, by whatever holds the places. An end at the instant of a beginning comes first. */
const most = (holder: string, from: string) => `
select ${holder}, max(at_once) as at_once
from (
  select ${holder}, sum(step) over (partition by ${holder} order by at, step) as at_once
  from (
    select ${holder}, begun as at, 1 as step from ${from}
    union all
    select ${holder}, ended, -1 from ${from}) steps) counted
group by ${holder}`;

const asRun = ({ run }: { readonly run: string }) =>
  `${programName} history --run ${run} shows its attempts; unless a limit was lowered since, somebody else's work held no place.`;

/** The schedule of a run knows its places in the process that owns it: what it has done shows in the attempts. */
export const limitInvariants: readonly Invariant[] = [
  {
    name: 'run-concurrency-is-kept',
    rule: 'no run has more attempts at once than its concurrency',
    sql: `
with placed as (${placed}), most as (${most('run', 'placed')})
select format('run %s of %s in %s had %s attempts at once, its limit is %s', r.id, r.dag, r.environment, m.at_once, l.size)
    as found, r.id as run
from most m
join signalbox.run r on r.id = m.run
join signalbox.dag_version v on v.dag = r.dag and v.version = r.dag_version
cross join given
cross join lateral (select coalesce(
  (given.concurrency #>> array[r.environment, 'dags', r.dag])::integer,
  (v.definition ->> 'concurrency')::integer,
  (given.concurrency #>> array[r.environment, 'other'])::integer) as size) l
where m.at_once > l.size`,
    mend: asRun,
  },
  {
    name: 'groups-keep-their-size',
    rule: 'no group has more attempts of a run at once than its concurrency',
    sql: `
with placed as (${placed}), grouped as (
  select p.begun, p.ended, p.run || ' ' || (k ->> 'group') as place
  from placed p
  join signalbox.dag_version v on v.dag = p.dag and v.version = p.dag_version
  cross join jsonb_array_elements(v.definition -> 'components') k
  where k ->> 'id' = p.component and k ->> 'group' is not null),
most as (${most('place', 'grouped')})
select format('group %s of run %s had %s attempts at once, its size is %s', g.name, r.id, m.at_once, g.size) as found,
  r.id as run
from most m
join signalbox.run r on r.id = split_part(m.place, ' ', 1)::uuid
join signalbox.dag_version v on v.dag = r.dag and v.version = r.dag_version
cross join lateral (
  select key as name, (value ->> 'concurrency')::integer as size from jsonb_each(v.definition -> 'groups')) g
where g.name = substr(m.place, 38) and m.at_once > g.size`,
    mend: asRun,
  },
  {
    name: 'quotas-are-kept',
    rule: 'no quota has more calls in a window than its limit',
    sql: `
select format('quota %s (credential %s) has used %s calls in the window from %s, its limit is %s', u.quota,
    left(u.credential, 12), u.used, u.window_start, l.size) as found, u.quota as id
from given
cross join signalbox.quota_usage u
cross join lateral (select coalesce(
  (select max((q ->> 'limit')::bigint) from jsonb_array_elements(given.quotas) q
    where q ->> 'name' = u.quota and q ->> 'per' = u.per),
  (select max((k #>> '{quota,limit}')::bigint)
    from signalbox.dag_version v cross join jsonb_array_elements(v.definition -> 'components') k
    where k #>> '{quota,name}' = u.quota and k #>> '{quota,per}' = u.per)) as size) l
where u.window_end > now() - interval '1 day' and u.used > l.size`,
    mend: ({ id }) =>
      `See whether somebody else calls with that credential. If the count is wrong: ${programName} quota reset ${id}`,
  },
];
