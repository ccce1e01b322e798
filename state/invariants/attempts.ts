import { programName } from '../../engine/model/program.ts';
import { bySql, type Invariant, tickOf } from './invariant.ts';

const lose = (id: string) =>
  bySql(`update attempt set status = 'lost', finished_at = now() where id = '${id}' and finished_at is null`);

export const attemptInvariants: readonly Invariant[] = [
  {
    name: 'one-success-per-component-run',
    rule: 'a component run has one successful attempt if it is a success, and else none',
    sql: `
select format('component run %s (%s) is %s and has %s successful attempts', c.id, c.component, c.status, s.successes)
    as found, c.environment, c.dag, c.component
from signalbox.component_run c
join (
  select component_run_id as id, count(*) filter (where status = 'success') as successes
  from signalbox.attempt group by component_run_id) s on s.id = c.id
where s.successes <> (c.status = 'success')::integer
union all
select format('component run %s (%s) is a success without an attempt', c.id, c.component), c.environment, c.dag, c.component
from signalbox.component_run c
where c.status = 'success' and not exists (select from signalbox.attempt a where a.component_run_id = c.id)`,
    mend: ({ dag, component, environment }) =>
      `Nothing tells which of them published. Compare the files, then: ${programName} state reset ${dag}.${component} --env ${environment}`,
  },
  {
    name: 'attempts-are-numbered-without-holes',
    rule: 'the attempts of a component run are 1, 2, … and as many as it has counted',
    sql: `
select format('component run %s (%s) has counted %s attempts and has the numbers %s', c.id, c.component, c.attempts,
    coalesce(n.numbers::text, 'none')) as found, c.id, coalesce(cardinality(n.numbers), 0)::text as "table"
from signalbox.component_run c
left join (
  select component_run_id as id, array_agg(number order by number) as numbers, max(number) as newest
  from signalbox.attempt group by component_run_id) n on n.id = c.id
where c.attempts <> coalesce(cardinality(n.numbers), 0) or c.attempts <> coalesce(n.newest, 0)`,
    mend: ({ id, table }) =>
      `Rows are only ever added: see who deleted some. To go on: ${bySql(`update component_run set attempts = ${table} where id = '${id}'`)}`,
  },
  {
    name: 'live-attempts-belong-to-running-components',
    rule: 'an attempt is live only while its component run is running',
    sql: `
select format('attempt %s (%s, number %s) is running, but its component run %s is %s', a.id, c.component, a.number, c.id,
    c.status) as found, a.id
from signalbox.attempt a join signalbox.component_run c on c.id = a.component_run_id
where a.finished_at is null and c.status <> 'running'`,
    mend: ({ id }) => lose(id),
  },
  {
    name: 'running-components-have-one-live-attempt',
    rule: 'a running component run has exactly one live attempt',
    sql: `
select format('component run %s (%s in %s) is running with %s live attempts', c.id, c.component, c.environment,
    count(a.id)) as found, c.environment
from signalbox.component_run c
left join signalbox.attempt a on a.component_run_id = c.id and a.finished_at is null
where c.status = 'running'
group by c.id having count(a.id) <> 1`,
    mend: ({ environment }) => `End the process that owns its run, then: ${tickOf({ environment })}`,
  },
  {
    name: 'ended-components-have-a-decision',
    rule: 'every component run that has ended has a decision, unless its run was ended before one was made',
    sql: `
select format('component run %s (%s) is %s (%s) without a decision', c.id, c.component, c.status, c.reason) as found, c.id
from signalbox.component_run c
where c.finished_at is not null
  and not (c.attempts = 0 and c.status = 'cancelled' and (c.reason like 'run\\_%' or c.reason = 'cancelled'))
  and not exists (select from signalbox.decision d where d.component_run_id = c.id)`,
    mend: ({ id }) =>
      `Why it ended so is lost. To say so: ${bySql(`insert into decision values ('${id}', 'skip', 'unknown', '[]')`)}`,
  },
];
