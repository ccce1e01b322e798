import type { Client } from 'pg';
import type { Failure } from '../../engine/model/failure.ts';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';

/**
 * Ends what an owner that is gone left open: live attempts `lost`, component runs that had begun `failed`, those that
 * had not `cancelled`, the run `failed`. Whatever that owner still sends finds no row to move.
 */
const endLostStatement: Statement = {
  name: 'signalbox_end_lost_runs',
  text: `
with lost as (
  update signalbox.run r set status = 'failed', reason = 'lost', finished_at = now()
  from signalbox.owner o
  where r.id = any ($1::uuid[]) and r.finished_at is null and o.id = r.owner
    and (o.retired_at is not null or o.lease_until <= now())
  returning r.id
), ended as (
  update signalbox.component_run c set
    status = case c.status when 'pending' then 'cancelled' else 'failed' end,
    reason = case c.status when 'pending' then 'run_lost' else 'lost' end,
    failure = case c.status when 'pending' then null else $2::jsonb end,
    finished_at = now()
  from lost where c.run_id = lost.id and c.finished_at is null
  returning c.id
)
update signalbox.attempt a set status = 'lost', finished_at = now(), failure = $2::jsonb
from ended where a.component_run_id = ended.id and a.status = 'running'`,
};

const failure: Failure = {
  class: 'lost',
  message: 'the process that ran this is gone: its lease ended before it recorded an end',
  hint: 'Run it again; what it published before stands.',
};

export async function endLostRuns(client: Client, runIds: readonly string[]): Promise<void> {
  await client.query({ ...endLostStatement, values: [runIds, toJsonText(failure)] });
}
