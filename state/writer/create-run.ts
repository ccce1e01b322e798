import type { Client } from 'pg';
import type { NewRun } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';

/** Inserts nothing when the version of the DAG is not known yet, or the run is there already. */
const createRunStatement: Statement = {
  name: 'signalbox_create_run',
  text: `
with new_run as (
  insert into signalbox.run (id, environment, dag, dag_version, trigger, forced, status, selection, owner, started_at,
    deadline)
  select t.id, t.environment, t.dag, t.dag_version, t.trigger, t.forced, 'running', t.selection, t.owner, t.started_at,
    t.deadline
  from json_to_record($1::json) as t (id uuid, environment text, dag text, dag_version text, trigger text,
    forced boolean, selection jsonb, owner uuid, started_at timestamptz, deadline timestamptz)
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

/**
 * The run, running, and all of its component runs, pending, in one statement. Doing it again changes nothing. The
 * definition goes over only with the first run of a version: for 10,000 components it is as much text as all else.
 */
export async function createRun(client: Client, run: NewRun): Promise<void> {
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
  };
  const values = [toJsonText(row), toJsonText(run.components)];
  const { rowCount } = await client.query({ ...createRunStatement, values });
  return rowCount !== 0;
}
