import type { Client } from 'pg';
import type { NewRun } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import { inTransaction, type Statement } from '../session.ts';
import { takeBackfillSlot } from './take-backfill-slot.ts';

/** Inserts nothing when the version of the DAG is not known yet, or the run is there already. */
const createRunStatement: Statement = {
  name: 'signalbox_create_run',
  text: `
with new_run as (
  insert into signalbox.run (id, environment, dag, dag_version, trigger, forced, status, selection, owner, started_at,
    deadline, slot, as_of, answers_slots, advances, retry_of)
  select t.id, t.environment, t.dag, t.dag_version, t.trigger, t.forced, 'running', t.selection, t.owner, t.started_at,
    t.deadline, t.slot, t.as_of, t.answers_slots, t.advances, t.retry_of
  from json_to_record($1::json) as t (id uuid, environment text, dag text, dag_version text, trigger text,
    forced boolean, selection jsonb, owner uuid, started_at timestamptz, deadline timestamptz, slot timestamptz,
    as_of timestamptz, answers_slots boolean, advances boolean, retry_of uuid)
  join signalbox.dag_version v on v.dag = t.dag and v.version = t.dag_version
  on conflict (id) do nothing
  returning id, environment, dag
)
insert into signalbox.component_run (id, run_id, environment, dag, component, status)
select t.id, r.id, r.environment, r.dag, t.component, 'pending'
from new_run r, json_to_recordset($2::json) as t (id uuid, component text)`,
};

const dagVersionStatement: Statement = {
  name: 'signalbox_dag_version',
  text: `
insert into signalbox.dag_version (dag, version, definition) values ($1, $2, $3::jsonb)
on conflict (dag, version) do nothing`,
};

/** Only what is open is taken; that this very run has taken it already is as good, when nobody heard of the commit. */
const takeSlotsStatement: Statement = {
  name: 'signalbox_take_slots',
  text: `
update signalbox.slot s set status = 'created', run_id = $1
from json_array_elements_text($5::json) as t (component)
where s.environment = $2 and s.dag = $3 and s.slot = $4 and s.component = t.component
  and (s.status = 'due' or s.run_id = $1)`,
};

/** A slot was not open: rolls the transaction back. */
class SlotTaken extends Error {}

/**
 * The run, running, and all of its component runs, pending, in one statement. Doing it again changes nothing. The
 * definition goes over only with the first run of a version: for 10,000 components it is as much text as all else.
 */
export async function createRun(client: Client, run: NewRun): Promise<boolean> {
  const { takes = [], backfill } = run;
  if (takes.length === 0 && backfill === undefined) {
    await insertWithVersion(client, run);
    return true;
  }
  try {
    await inTransaction(client, async () => {
      if (takes.length > 0) await takeSlots(client, run, takes);
      if (backfill !== undefined && !(await takeBackfillSlot(client, run, backfill))) throw new SlotTaken();
      await insertWithVersion(client, run);
    });
    return true;
  } catch (error) {
    if (error instanceof SlotTaken) return false;
    throw error;
  }
}

async function takeSlots(client: Client, run: NewRun, takes: readonly string[]): Promise<void> {
  const values = [run.id, run.environment, run.dag, run.slot, toJsonText(takes)];
  const { rowCount } = await client.query({ ...takeSlotsStatement, values });
  if (rowCount !== takes.length) throw new SlotTaken();
}

async function insertWithVersion(client: Client, run: NewRun): Promise<void> {
  if (await insertRun(client, run)) return;
  const { dag, dagVersion, definition } = run;
  await client.query({ ...dagVersionStatement, values: [dag, dagVersion, toJsonText(definition)] });
  await insertRun(client, run);
}

async function insertRun(client: Client, run: NewRun): Promise<boolean> {
  const row = {
    id: run.id,
    environment: run.environment,
    dag: run.dag,
    dag_version: run.dagVersion,
    trigger: run.trigger,
    forced: run.forced,
    selection: run.selection,
    owner: run.owner,
    started_at: run.startedAt,
    deadline: run.deadline,
    slot: run.slot ?? null,
    as_of: run.asOf,
    answers_slots: run.answersSlots,
    advances: run.advances,
    retry_of: run.retryOf ?? null,
  };
  const values = [toJsonText(row), toJsonText(run.components)];
  const { rowCount } = await client.query({ ...createRunStatement, values });
  return rowCount !== 0;
}
