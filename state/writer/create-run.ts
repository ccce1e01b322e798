import type { Client } from 'pg';
import type { NewRun } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';

const createRunStatement: Statement = {
  name: 'signalbox_create_run',
  text: `
with version as (
  insert into signalbox.dag_version (dag, version, definition)
  select dag, dag_version, definition
  from json_to_record($1::json) as t (dag text, dag_version text, definition jsonb)
  on conflict (dag, version) do nothing
), new_run as (
  insert into signalbox.run (id, environment, dag, dag_version, trigger, forced, status, selection, owner, started_at,
    deadline)
  select id, environment, dag, dag_version, trigger, forced, 'running', selection, owner, started_at, deadline
  from json_to_record($1::json) as t (id uuid, environment text, dag text, dag_version text, trigger text,
    forced boolean, selection jsonb, owner uuid, started_at timestamptz, deadline timestamptz)
  on conflict (id) do nothing
  returning id, environment, dag
)
insert into signalbox.component_run (id, run_id, environment, dag, component, status)
select t.id, r.id, r.environment, r.dag, t.component, 'pending'
from new_run r, json_to_recordset($2::json) as t (id uuid, component text)`,
};

/** The run, running, and all of its component runs, pending, in one statement. Doing it again changes nothing. */
export async function createRun(client: Client, run: NewRun): Promise<void> {
  const row = {
    id: run.id,
    environment: run.environment,
    dag: run.dag,
    dag_version: run.dagVersion,
    definition: run.definition,
    trigger: run.trigger,
    forced: run.forced,
    selection: run.selection,
    owner: run.owner,
    started_at: run.startedAt,
    deadline: run.deadline,
  };
  await client.query({ ...createRunStatement, values: [toJsonText(row), toJsonText(run.components)] });
}
