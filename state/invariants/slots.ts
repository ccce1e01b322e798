import { bySql, type FoundRow, type Invariant } from './invariant.ts';

/** `id` is the slot. */
const close = ({ environment, dag, component, id }: FoundRow) =>
  bySql(
    `update slot set status = 'skipped', reason = 'mended', run_id = null where environment = '${environment}' and dag = '${dag}' and component = '${component}' and slot = '${id}'`,
  );

const slotName = `s.dag || case s.component when '' then '' else '.' || s.component end`;
const subject = 's.environment, s.dag, s.component, s.slot::text as id';

export const slotInvariants: readonly Invariant[] = [
  {
    name: 'created-slots-have-their-run',
    rule: 'a slot that is created has a run, which was made for it',
    sql: `
select format('slot %s of %s in %s is created, but its run %s is of slot %s of %s in %s', s.slot, ${slotName}, s.environment,
    s.run_id, coalesce(r.slot::text, 'none'), r.dag, r.environment) as found, ${subject}
from signalbox.slot s left join signalbox.run r on r.id = s.run_id
where s.status = 'created'
  and (r.environment, r.dag, r.slot) is distinct from (s.environment, s.dag, s.slot)`,
    mend: close,
  },
  {
    name: 'scheduled-runs-have-their-slot',
    rule: 'a run that the schedule made is on record with its slot, and no slot has two',
    sql: `
select format('run %s of %s in %s was made for slot %s, which %s', r.id, r.dag, r.environment, r.slot,
    case when s.slot is null then 'is not on record' else format('is %s', s.status) end) as found,
  r.environment, r.dag, '' as component, r.slot::text as id, r.id as run
from signalbox.run r
left join signalbox.slot s on s.environment = r.environment and s.dag = r.dag and s.component = '' and s.slot = r.slot
where r.trigger in ('scheduled', 'catchup') and s.status is distinct from 'created'`,
    mend: ({ environment, dag, id, run }) =>
      bySql(
        `insert into slot (environment, dag, component, slot, status, trigger, run_id) values ('${environment}', '${dag}', '', '${id}', 'created', 'scheduled', '${run}') on conflict (environment, dag, component, slot) do update set status = 'created', run_id = excluded.run_id`,
      ),
  },
  {
    name: 'no-slot-passes-in-silence',
    rule: 'a slot that is skipped or missed says why',
    sql: `
select format('slot %s of %s in %s is %s without a reason', s.slot, ${slotName}, s.environment, s.status) as found, ${subject}
from signalbox.slot s where s.status in ('skipped', 'missed') and coalesce(s.reason, '') = ''`,
    mend: ({ environment, dag, component, id }) =>
      bySql(
        `update slot set reason = 'unknown' where environment = '${environment}' and dag = '${dag}' and component = '${component}' and slot = '${id}'`,
      ),
  },
];
