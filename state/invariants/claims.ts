import { programName } from '../../engine/model/program.ts';
import { bySql, type FoundRow, type Invariant, tickOf } from './invariant.ts';

const reset = ({ dag, component, environment }: FoundRow) =>
  `${programName} state reset ${dag}.${component} --env ${environment}`;

export const claimInvariants: readonly Invariant[] = [
  // Who takes over a run raises the fence; the next try is made under it.
  {
    name: 'components-at-work-hold-their-claim',
    rule: 'a component run that has begun and not ended holds the claim of its component, under its fence',
    sql: `
select format('component run %s of %s.%s in %s is %s under fence %s, but its claim is that of %s under fence %s', c.id, c.dag,
    c.component, c.environment, c.status, c.fence, coalesce(k.component_run_id::text, 'nobody'), k.fence) as found,
  c.environment
from signalbox.component_run c
left join signalbox.claim k on k.environment = c.environment and k.dag = c.dag and k.component = c.component
where c.status in ('running', 'up_for_retry')
  and (k.component_run_id is distinct from c.id or k.fence < c.fence or c.status = 'running' and k.fence > c.fence)`,
    mend: ({ environment }) => `What it sends is refused. End its process, then: ${tickOf({ environment })}`,
  },
  {
    name: 'fences-rise',
    rule: 'no fence is given twice, and none is above that of the claim',
    sql: `
select format('fence %s of %s.%s in %s was given to %s component runs: %s', fence, dag, component, environment, count(*),
    string_agg(id::text, ', ' order by id)) as found, environment, dag, component, max(fence)::text as id
from signalbox.component_run where fence is not null
group by environment, dag, component, fence having count(*) > 1
union all
select format('component run %s of %s.%s in %s has fence %s, but its claim is only at %s', c.id, c.dag, c.component,
    c.environment, c.fence, coalesce(k.fence::text, 'none')), c.environment, c.dag, c.component, c.fence::text
from signalbox.component_run c
left join signalbox.claim k on k.environment = c.environment and k.dag = c.dag and k.component = c.component
where c.fence > coalesce(k.fence, 0)`,
    mend: ({ environment, dag, component, id }) =>
      bySql(
        `update claim set fence = greatest(fence, ${id}) + 1 where environment = '${environment}' and dag = '${dag}' and component = '${component}'`,
      ),
  },
  {
    name: 'last-successes-are-successes',
    rule: 'what a claim remembers as the last success is a success of that component',
    sql: `
select format('%s.%s in %s remembers component run %s as its last success, which is %s', k.dag, k.component, k.environment,
    k.last_success, coalesce(c.status, 'not there')) as found, k.environment, k.dag, k.component
from signalbox.claim k left join signalbox.component_run c on c.id = k.last_success
where k.last_success is not null and (c.status, c.environment, c.dag, c.component)
  is distinct from ('success', k.environment, k.dag, k.component)`,
    mend: reset,
  },
  {
    name: 'evidence-rests-on-a-success',
    rule: 'evidence of sources was left by a success or an unchanged, under the fence that it names',
    sql: `
select format('the evidence of %s.%s in %s was left under fence %s by component run %s, which is %s under fence %s', s.dag,
    s.component, s.environment, s.fence, s.component_run_id, coalesce(c.status, 'not there'), c.fence) as found,
  s.environment, s.dag, s.component
from signalbox.source_state s left join signalbox.component_run c on c.id = s.component_run_id
where c.id is null or c.status not in ('success', 'unchanged') or c.fence is distinct from s.fence`,
    mend: reset,
  },
  {
    name: 'versions-come-from-a-success',
    rule: 'every version of a dataset was published by a success of its component',
    sql: `
select format('version %s of %s (%s) was published by component run %s, which is %s', v.id, v.dataset, v.path,
    v.component_run_id, coalesce(c.status, 'not there')) as found, v.id
from signalbox.dataset_version v left join signalbox.component_run c on c.id = v.component_run_id
where (c.status, c.environment, c.dag, c.component) is distinct from ('success', v.environment, v.dag, v.component)`,
    mend: ({ id }) => bySql(`delete from dataset_version where id = '${id}'`),
  },
];
