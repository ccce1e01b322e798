import type { Client } from 'pg';
import type { JsonObject } from '../engine/model/json.ts';
import type { Scope } from '../engine/model/ports.ts';
import type {
  Answers,
  ClosedSlots,
  OpenSlot,
  RecordedSlots,
  ScheduleRecord,
  SlotStore,
  TickRecord,
} from '../engine/model/slot-store.ts';
import type { Trigger } from '../engine/model/status.ts';
import { toJsonText } from './json-text.ts';
import type { Writer } from './writer/writer.ts';

/** Like all that is written, in turn with the batches of history. */
export function createSlotStore(writer: Writer): SlotStore {
  return {
    observe: (scope, digest, now) => writer.job((client) => observe(client, scope, digest, now)),
    record: (slots) => writer.job((client, isRepeated) => record(client, slots, isRepeated)),
    open: (scope) => writer.job((client) => readOpen(client, scope)),
    close: (slots) => writer.job((client) => close(client, slots)),
    missed: (scope, reason, since) => writer.job((client) => readMissed(client, scope, reason, since)),
    answersSince: (scope, slot) => writer.job((client) => readAnswers(client, scope, slot)),
    schedules: (environment) => writer.job((client) => readSchedules(client, environment)),
    pause: (scope, by, at) => writer.job((client) => pause(client, scope, by, at)),
    unpause: (scope, now) => writer.job((client) => unpause(client, scope, now)),
    beginTick: ({ environment, owner, host, startedAt }) =>
      writer.job(async (client) => {
        await client.query(beginTickText, [environment, owner, host, startedAt]);
      }),
    endTick: async ({ environment, owner, finishedAt, isWell }) => {
      await writer.job((client) => client.query(endTickText, [environment, owner, finishedAt, isWell]));
    },
    lastTick: (environment) => writer.job((client) => readLastTick(client, environment)),
  };
}

interface ScheduleRow extends Scope {
  readonly watermark: Date;
  readonly digest: string | null;
  readonly others: Readonly<Record<string, string>>;
  readonly paused_at: Date | null;
  readonly paused_by: string | null;
}

const scheduleColumns = 's.environment, s.dag, s.watermark, s.digest, s.others, s.paused_at, s.paused_by';

const observeText = `
insert into signalbox.schedule as s (environment, dag, digest, watermark) values ($1, $2, $3, $4)
on conflict (environment, dag) do update set
  digest = coalesce(s.digest, excluded.digest),
  watermark = case when s.digest is null or (s.digest = '' and excluded.digest = '') then excluded.watermark
    else s.watermark end
returning ${scheduleColumns}`;

async function observe(client: Client, scope: Scope, schedule: string, now: Date): Promise<ScheduleRecord> {
  const { rows } = await client.query<ScheduleRow>(observeText, [scope.environment, scope.dag, schedule, now]);
  return toSchedule(rows[0] as ScheduleRow);
}

async function readSchedules(client: Client, environment: string): Promise<readonly ScheduleRecord[]> {
  const text = `select ${scheduleColumns} from signalbox.schedule s where s.environment = $1 order by s.dag`;
  const { rows } = await client.query<ScheduleRow>(text, [environment]);
  return rows.map(toSchedule);
}

function toSchedule({ digest, paused_at: at, paused_by: by, ...row }: ScheduleRow): ScheduleRecord {
  return { ...row, schedule: digest ?? '', ...(at !== null && by !== null && { paused: { at, by } }) };
}

/**
 * Both at once or neither: a tick that dies in between leaves nothing that was passed over. Our instants are of
 * milliseconds; one that somebody wrote by hand may be finer, and nothing would ever be equal to it.
 */
const recordText = `
with moved as (
  update signalbox.schedule s set watermark = $4, digest = $7, others = $8
  where s.environment = $1 and s.dag = $2 and date_trunc('milliseconds', s.watermark) = $3 and s.digest = $6
  returning s.dag
), recorded as (
  insert into signalbox.slot (environment, dag, component, slot, slot_to, count, status, trigger, reason, evidence)
  select $1, $2, '', t.slot, t."to", coalesce(t.count, 1), t.status, t.trigger, t.reason, t.evidence
  from moved, json_to_recordset($5::json) as t (slot timestamptz, "to" timestamptz, count integer, status text,
    trigger text, reason text, evidence jsonb)
  on conflict (environment, dag, component, slot) do nothing
)
select dag from moved`;

const watermarkText = `
select dag from signalbox.schedule s
where s.environment = $1 and s.dag = $2 and s.watermark = $3 and s.digest = $4`;

/** When nobody heard of the commit, a watermark that stands where this one would put it is as good: the rows are there. */
async function record(client: Client, slots: RecordedSlots, isRepeated: boolean): Promise<boolean> {
  const { environment, dag, from, watermark, schedule, others } = slots;
  const terms = [from.watermark, watermark, toJsonText(slots.slots), from.schedule, schedule, toJsonText(others)];
  const values = [environment, dag, ...terms];
  const { rowCount } = await client.query(recordText, values);
  if (rowCount === 1 || !isRepeated) return rowCount === 1;
  return (await client.query(watermarkText, [environment, dag, watermark, schedule])).rowCount === 1;
}

interface SlotRow extends Scope {
  readonly component: string;
  readonly slot: Date;
  readonly trigger: Trigger;
  readonly advances: boolean;
  readonly reason: string | null;
  readonly not_before: Date | null;
  readonly deadline: Date | null;
}

const slotColumns =
  's.environment, s.dag, s.component, s.slot, s.trigger, s.advances, s.reason, s.not_before, s.deadline';

/**
 * A slot waits for the runs of the slots before it, as long as these have an owner who lives. A backfill is about the past:
 * it keeps nobody waiting. Somebody may pause the DAG while a tick is at work on it.
 */
async function readOpen(client: Client, { environment, dag }: Scope): Promise<readonly OpenSlot[]> {
  const text = `
select ${slotColumns} from signalbox.slot s
where s.environment = $1 and s.dag = $2 and s.status = 'due' and not exists (
  select from signalbox.run r join signalbox.owner o on o.id = r.owner
  where r.finished_at is null and r.environment = s.environment and r.dag = s.dag and r.as_of <= s.slot
    and (r.answers_slots and r.trigger <> 'backfill' or r.as_of = s.slot)
    and o.retired_at is null and o.lease_until > now())
  and not exists (
    select from signalbox.schedule p
    where p.environment = s.environment and p.dag = s.dag and p.paused_at is not null)
order by s.slot, s.component`;
  const { rows } = await client.query<SlotRow>(text, [environment, dag]);
  return rows.map(toOpenSlot);
}

async function readMissed(client: Client, { environment, dag }: Scope, reason: string, since: Date) {
  const text = `
select slot as "from", coalesce(slot_to, slot) as "to" from signalbox.slot
where environment = $1 and dag = $2 and component = '' and status = 'missed' and reason = $3
  and coalesce(slot_to, slot) >= $4`;
  return (await client.query<{ from: Date; to: Date }>(text, [environment, dag, reason, since])).rows;
}

async function readAnswers(client: Client, { environment, dag }: Scope, slot: Date): Promise<Answers | undefined> {
  const text = `
select coalesce(r.finished_at, r.started_at) as "endedAt", min(r.started_at) over () as "begunAt",
  r.finished_at is null and o.retired_at is null and o.lease_until > now() as "isAtWork"
from signalbox.run r join signalbox.owner o on o.id = r.owner
where r.environment = $1 and r.dag = $2 and r.answers_slots and r.as_of >= $3 order by r.id desc limit 1`;
  return (await client.query<Answers>(text, [environment, dag, slot])).rows[0];
}

const closeText = `
update signalbox.slot s set status = $2, reason = $3, evidence = s.evidence || $4::jsonb
from json_to_recordset($1::json) as t (environment text, dag text, component text, slot timestamptz)
where s.environment = t.environment and s.dag = t.dag and s.component = t.component and s.slot = t.slot
  and s.status = 'due'
returning ${slotColumns}`;

async function close(client: Client, closed: ClosedSlots): Promise<readonly OpenSlot[]> {
  const { slots, status, reason } = closed;
  const evidence: JsonObject = closed.evidence;
  const { rows } = await client.query<SlotRow>(closeText, [toJsonText(slots), status, reason, toJsonText(evidence)]);
  return rows.map(toOpenSlot);
}

function toOpenSlot({ reason, not_before: notBefore, deadline, ...row }: SlotRow): OpenSlot {
  return {
    ...row,
    ...(reason !== null && { reason }),
    ...(notBefore !== null && { notBefore }),
    ...(deadline !== null && { deadline }),
  };
}

/** Also before any tick has seen the schedule. */
async function pause(client: Client, { environment, dag }: Scope, by: string, at: Date): Promise<boolean> {
  const text = `
insert into signalbox.schedule as s (environment, dag, watermark, paused_at, paused_by) values ($1, $2, $3, $3, $4)
on conflict (environment, dag) do update set paused_at = excluded.paused_at, paused_by = excluded.paused_by
where s.paused_at is null`;
  return (await client.query(text, [environment, dag, at, by])).rowCount === 1;
}

/** What a clock that was ahead has recorded keeps its rows: no slot is made twice. */
async function unpause(client: Client, { environment, dag }: Scope, now: Date): Promise<boolean> {
  const text = `
update signalbox.schedule s set paused_at = null, paused_by = null, watermark = least(s.watermark, $3)
where s.environment = $1 and s.dag = $2 and s.paused_at is not null`;
  return (await client.query(text, [environment, dag, now])).rowCount === 1;
}

const beginTickText = `
insert into signalbox.tick (environment, owner, host, started_at) values ($1, $2, $3, $4)
on conflict (environment) do update set
  owner = excluded.owner, host = excluded.host, started_at = excluded.started_at, finished_at = null, is_well = null`;

/** A tick that another one has followed meanwhile is no longer the last one. */
const endTickText = `
update signalbox.tick set finished_at = $3, is_well = $4 where environment = $1 and owner = $2`;

async function readLastTick(client: Client, environment: string): Promise<TickRecord | undefined> {
  const text = 'select host, started_at, finished_at, is_well from signalbox.tick where environment = $1';
  interface Row {
    readonly host: string;
    readonly started_at: Date;
    readonly finished_at: Date | null;
    readonly is_well: boolean | null;
  }
  const [row] = (await client.query<Row>(text, [environment])).rows;
  return (
    row && {
      environment,
      host: row.host,
      startedAt: row.started_at,
      ...(row.finished_at !== null && { finishedAt: row.finished_at }),
      ...(row.is_well !== null && { isWell: row.is_well }),
    }
  );
}
