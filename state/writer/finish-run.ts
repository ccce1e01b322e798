import type { Client } from 'pg';
import type { RunEnd } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';

const finishRunStatement: Statement = {
  name: 'signalbox_finish_run',
  text: `
update signalbox.run r set status = t.status, reason = t.reason, finished_at = t.finished_at
from json_to_record($1::json) as t (id uuid, owner uuid, status text, reason text, finished_at timestamptz)
where r.id = t.id and r.owner = t.owner and r.status in ('queued', 'running')
returning r.id`,
};

const recordedStatement: Statement = {
  name: 'signalbox_run_recorded',
  text: `
select r.id
from json_to_record($1::json) as t (id uuid, status text, reason text, finished_at timestamptz)
join signalbox.run r on r.id = t.id
where r.status = t.status and r.finished_at = t.finished_at and r.reason is not distinct from t.reason`,
};

/** False when the run had ended before. A repeated call may find the end that it wrote itself. */
export async function finishRun(client: Client, end: RunEnd, isRepeated: boolean): Promise<boolean> {
  const isRecorded = await record(client, end, isRepeated);
  const refused = (end.refused ?? 0) + (isRecorded ? 0 : 1);
  if (refused > 0) await client.query(countText, [end.owner, refused]);
  return isRecorded;
}

/** One that is repeated may count twice: it is there to be seen, and nothing is decided by it. */
const countText = 'update signalbox.owner set refused = refused + $2 where id = $1';

async function record(client: Client, end: RunEnd, isRepeated: boolean): Promise<boolean> {
  const { id, owner, status, reason, finishedAt } = end;
  const values = [toJsonText({ id, owner, status, reason, finished_at: finishedAt })];
  const { rowCount } = await client.query({ ...finishRunStatement, values });
  if (rowCount === 1 || !isRepeated) return rowCount === 1;
  return (await client.query({ ...recordedStatement, values })).rowCount === 1;
}
