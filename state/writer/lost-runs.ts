import type { Client } from 'pg';
import type { Failure } from '../../engine/model/failure.ts';
import type { AbandonedRun } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';
import { endDeadOwners } from './dead-owners.ts';

/**
 * Ends runs with what they left open: live attempts `lost`, component runs that had begun as the run, those that had not
 * `cancelled`. Whatever their owner still sends finds no row to move.
 */
function endOpen(name: string, condition: string, status: 'failed' | 'cancelled' = 'failed'): Statement {
  const ofPending = status === 'failed' ? "'run_' || $3" : '$3';
  return {
    name,
    text: `
with ending as (
  update signalbox.run r set status = '${status}', reason = $3, finished_at = now()
  from signalbox.owner o
  where r.id = any ($1::uuid[]) and r.finished_at is null and o.id = r.owner and ${condition}
  returning r.id
), ended as (
  update signalbox.component_run c set
    status = case c.status when 'pending' then 'cancelled' else '${status}' end,
    reason = case c.status when 'pending' then ${ofPending} else $3 end,
    failure = case c.status when 'pending' then null else $2::jsonb end,
    finished_at = now()
  from ending where c.run_id = ending.id and c.finished_at is null
  returning c.id
)
update signalbox.attempt a set status = 'lost', finished_at = now(), failure = $2::jsonb
from ended where a.component_run_id = ended.id and a.status = 'running'`,
  };
}

/** Whoever asks has had the dead declared so before. */
const isGone = 'o.retired_at is not null';
const lostStatement = endOpen('signalbox_end_lost_runs', isGone);
const abandonStatement = endOpen('signalbox_abandon_run', 'o.id = $4');
const cancelStatement = endOpen('signalbox_end_cancelled_run', isGone, 'cancelled');

const lostFailure: Failure = {
  class: 'lost',
  message: 'the engine that ran this is gone',
  hint: 'Run it again; what it published before stands.',
};

/** Runs whose owner is gone; those of a living one are left alone. */
export async function endLostRuns(client: Client, runIds: readonly string[], because?: string): Promise<void> {
  const message = because === undefined ? lostFailure.message : `${lostFailure.message}, and ${because}`;
  await client.query({ ...lostStatement, values: [runIds, toJsonText({ ...lostFailure, message }), 'lost'] });
}

/** A run that somebody wants stopped, if its owner is gone: a living one does that itself. */
export async function endCancelledRun(client: Client, runId: string): Promise<void> {
  await endDeadOwners(client);
  await client.query({ ...cancelStatement, values: [[runId], toJsonText(lostFailure), 'cancelled'] });
}

/** A run whose own engine cannot go on with it. */
export async function abandonRun(client: Client, { id, owner, failure }: AbandonedRun): Promise<void> {
  await client.query({ ...abandonStatement, values: [[id], toJsonText(failure), 'abandoned', owner] });
}
