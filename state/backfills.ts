import type { Client } from 'pg';
import type {
  Backfill,
  BackfillSlot,
  BackfillStore,
  NewBackfill,
  NextBackfillSlot,
  SlotOfPast,
} from '../engine/model/backfill.ts';
import type { Scope } from '../engine/model/ports.ts';
import { isAtWork, isWaiting, slotRuns } from './backfill-slots.ts';
import { toJsonText } from './json-text.ts';
import { newId } from './new-id.ts';
import { inTransaction } from './session.ts';
import type { Writer } from './writer/writer.ts';

export function createBackfillStore(writer: Writer): BackfillStore {
  return {
    create: (backfill) => writer.job((client) => create(client, backfill)),
    past: (scope, span, components) => writer.job((client) => readPast(client, scope, span, components)),
    next: (id) => writer.job((client) => readNext(client, id)),
    complete: (id, at) => writer.job((client) => end(client, completeText, id, at)),
    cancel: (id, at) => writer.job((client) => end(client, cancelText, id, at)),
    list: (filter) => writer.job((client) => readBackfills(client, filter)),
    slots: (id) => writer.job((client) => readSlots(client, id)),
  };
}

async function create(client: Client, { slots, ...backfill }: NewBackfill): Promise<void> {
  const { id, environment, dag, from, to, reprocess, maxActive, backwards, advances, createdBy, createdAt } = backfill;
  const selection = toJsonText(backfill.selection);
  const values = [
    id,
    environment,
    dag,
    from,
    to,
    selection,
    reprocess,
    maxActive,
    backwards,
    advances,
    createdBy,
    createdAt,
  ];
  await inTransaction(client, async () => {
    const made = await client.query(createText, values);
    if (made.rowCount === 0) return;
    await client.query(createSlotsText, [id, toJsonText(slots)]);
    if (backfill.clears) await client.query(auditText, [newId(), id]);
  });
}

const createText = `
insert into signalbox.backfill (id, environment, dag, from_slot, to_slot, selection, reprocess, max_active, backwards,
  advances, created_by, created_at, status)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'running')
on conflict (id) do nothing`;

const createSlotsText = `
insert into signalbox.backfill_slot (backfill_id, slot, components)
select $1, t.slot, t.components from json_to_recordset($2::json) as t (slot timestamptz, components jsonb)`;

const auditText = `
insert into signalbox.audit (id, at, who, environment, dag, action, details)
select $1, created_at, created_by, environment, dag, 'clear', json_build_object('backfill', id, 'from', from_slot, 'to', to_slot)
from signalbox.backfill where id = $2`;

/** One that was cancelled, or left alone because of what was selected or enabled then, has not been asked. */
const isAsked = `
c.status <> 'cancelled' and not (c.status = 'skipped' and c.reason in ('not_selected', 'disabled'))`;

const pastText = `
select s.slot, s.status, array(
    select t.component from json_array_elements_text($5::json) as t (component)
    where not exists (
      select from signalbox.run q join signalbox.component_run c on c.run_id = q.id and c.component = t.component
      where q.environment = $1 and q.dag = $2 and q.slot = s.slot and ${isAsked})) as unasked
from (
  select distinct on (slot) slot, status from signalbox.run
  where environment = $1 and dag = $2 and slot between $3 and $4
  order by slot, id desc) s
order by s.slot`;

async function readPast(
  client: Client,
  { environment, dag }: Scope,
  { from, to }: Parameters<BackfillStore['past']>[1],
  components: readonly string[],
): Promise<readonly SlotOfPast[]> {
  const values = [environment, dag, from, to, toJsonText(components)];
  return (await client.query<SlotOfPast>(pastText, values)).rows;
}

/** What is due now comes first: while a run for that is at work, or waits for what this backfill holds, no other begins. */
async function readNext(client: Client, id: string): Promise<NextBackfillSlot> {
  const text = `
select b.max_active <= (select count(*) from ${slotRuns} where s.backfill_id = b.id and ${isAtWork}) or exists (
    select from signalbox.run r join signalbox.owner o on o.id = r.owner
    where r.environment = b.environment and r.dag = b.dag and r.answers_slots and r.trigger <> 'backfill'
      and ${isAtWork}) as full, next.slot, next.components
from signalbox.backfill b
cross join lateral (
  select s.slot, s.components from ${slotRuns} where s.backfill_id = b.id and ${isWaiting}
  order by case when b.backwards then s.slot end desc, s.slot limit 1) next
where b.id = $1 and b.status = 'running'`;
  interface Row {
    readonly full: boolean;
    readonly slot: Date;
    readonly components: readonly string[] | null;
  }
  const [found] = (await client.query<Row>(text, [id])).rows;
  if (!found) return { kind: 'done' };
  const { full, slot, components } = found;
  return full ? { kind: 'full' } : { kind: 'slot', slot, ...(components && { components }) };
}

const completeText = `
update signalbox.backfill b set status = 'completed', finished_at = $2
where b.id = $1 and b.status = 'running'
  and not exists (select from ${slotRuns} where s.backfill_id = b.id and (${isWaiting} or ${isAtWork}))`;

const cancelText = `
update signalbox.backfill set status = 'cancelled', finished_at = $2 where id = $1 and status = 'running'`;

async function end(client: Client, text: string, id: string, at: Date): Promise<boolean> {
  return (await client.query(text, [id, at])).rowCount === 1;
}

async function readBackfills(
  client: Client,
  { environment, dag, running }: Parameters<BackfillStore['list']>[0],
): Promise<readonly Backfill[]> {
  const text = `
select b.id, b.environment, b.dag, b.from_slot as "from", b.to_slot as "to", b.selection, b.reprocess,
  b.max_active as "maxActive", b.backwards, b.advances, b.created_by as "createdBy", b.created_at as "createdAt", b.status,
  b.finished_at as "finishedAt", coalesce((
    select json_object_agg(status, slots) from (
      select case when ${isWaiting} then 'due' else r.status end as status, count(*) as slots
      from ${slotRuns} where s.backfill_id = b.id group by 1) counted), '{}') as counts
from signalbox.backfill b
where b.environment = $1 and ($2::text is null or b.dag = $2) and ($3::boolean is null or (b.status = 'running') = $3)
order by b.id desc`;
  const { rows } = await client.query<Backfill>(text, [environment, dag ?? null, running ?? null]);
  return rows;
}

async function readSlots(client: Client, id: string): Promise<readonly BackfillSlot[]> {
  const text = `
select s.slot, s.components, s.run_id as "runId", case when ${isWaiting} then 'due' else r.status end as status
from ${slotRuns} where s.backfill_id = $1 order by s.slot`;
  type Row = Omit<BackfillSlot, 'components'> & { readonly components: readonly string[] | null };
  const { rows } = await client.query<Row>(text, [id]);
  return rows.map(({ components, ...slot }) => ({ ...slot, ...(components && { components }) }));
}
