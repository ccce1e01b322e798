import { bySql, type Invariant, tickOf } from './invariant.ts';

const endComponents = (run: string) =>
  bySql(
    `update component_run set finished_at = now(), status = case status when 'pending' then 'cancelled' else 'failed' end, reason = case status when 'pending' then 'run_lost' else 'lost' end where run_id = '${run}' and finished_at is null`,
  );

/** Long after the last rung of the ladder: what still runs then is watched by nobody. */
const overdue = "now() - interval '10 minutes'";

/** Joined as `o`. Dead owners are recovered by whoever comes next: only one that nobody recovers is wrong. */
const isForgotten = `(o.id is null or least(coalesce(o.retired_at, 'infinity'), o.lease_until)
  < now() - given.patience_ms * interval '1 millisecond')`;

export const runInvariants: readonly Invariant[] = [
  {
    name: 'ended-runs-have-ended-components',
    rule: 'every component run of an ended run has ended',
    sql: `
select format('component run %s (%s) is %s, but its run %s is %s', c.id, c.component, c.status, r.id, r.status) as found,
  r.id as run
from signalbox.component_run c join signalbox.run r on r.id = c.run_id
where c.finished_at is null and r.finished_at is not null`,
    mend: ({ run }) => endComponents(run),
  },
  {
    name: 'live-runs-have-a-living-owner',
    rule: 'every live run has an owner that lives, or is being recovered',
    isOfNow: true,
    sql: `
select format('run %s of %s in %s is %s, but its owner %s is gone', r.id, r.dag, r.environment, r.status, r.owner) as found,
  r.environment
from given, signalbox.run r left join signalbox.owner o on o.id = r.owner
where r.finished_at is null and ${isForgotten}`,
    mend: tickOf,
  },
  {
    name: 'live-attempts-have-a-living-owner',
    rule: 'every live attempt has an owner that lives, or is being recovered',
    isOfNow: true,
    sql: `
select format('attempt %s (%s, number %s) is running, but its owner %s is gone', a.id, c.component, a.number, a.owner)
    as found, c.environment
from given, signalbox.attempt a
join signalbox.component_run c on c.id = a.component_run_id
left join signalbox.owner o on o.id = a.owner
where a.finished_at is null and ${isForgotten}`,
    mend: tickOf,
  },
  {
    name: 'nothing-outlives-its-deadline',
    rule: 'no run and no attempt is live long after its deadline',
    isOfNow: true,
    sql: `
select format('run %s of %s in %s should have ended by %s', id, dag, environment, deadline) as found, environment
from signalbox.run where finished_at is null and deadline < ${overdue}
union all
select format('attempt %s (%s, number %s, process %s) should have ended by %s', a.id, c.component, a.number, a.pid,
  a.deadline), c.environment
from signalbox.attempt a join signalbox.component_run c on c.id = a.component_run_id
where a.finished_at is null and a.deadline < ${overdue}`,
    mend: ({ environment }) => `End the process that owns it, then: ${tickOf({ environment })}`,
  },
  {
    name: 'good-runs-have-no-bad-component',
    rule: 'a run with a component that is failed, timed_out or upstream_failed is no success',
    sql: `
select format('run %s is a success, but its component %s is %s', r.id, c.component, c.status) as found, r.id as run
from signalbox.run r join signalbox.component_run c on c.run_id = r.id
where r.status = 'success' and c.status in ('failed', 'timed_out', 'upstream_failed')`,
    mend: ({ run }) => bySql(`update run set status = 'failed' where id = '${run}'`),
  },
  {
    name: 'parts-have-a-whole',
    rule: 'every component run has a run; every attempt and decision has a component run',
    sql: `
select format('component run %s names run %s, which is not there', c.id, c.run_id) as found, c.id,
  'component_run where id' as "table"
from signalbox.component_run c where not exists (select from signalbox.run r where r.id = c.run_id)
union all
select format('attempt %s names component run %s, which is not there', a.id, a.component_run_id), a.id, 'attempt where id'
from signalbox.attempt a where not exists (select from signalbox.component_run c where c.id = a.component_run_id)
union all
select format('a decision names component run %s, which is not there', d.component_run_id), d.component_run_id,
  'decision where component_run_id'
from signalbox.decision d where not exists (select from signalbox.component_run c where c.id = d.component_run_id)`,
    mend: ({ table, id }) => bySql(`delete from ${table} = '${id}'`),
  },
];
