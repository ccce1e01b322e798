import type { Client } from 'pg';
import type { DeadOwner } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import { isProvenDead, type ProcessIdentity, readProcessIdentity } from '../process-identity.ts';
import type { Statement } from '../session.ts';

/** Few: those at work, and those that died since somebody last looked. */
const livingStatement: Statement = {
  name: 'signalbox_living_owners',
  text: `
select id, host, pid, boot_id as "bootId", pid_namespace as "pidNamespace", process_started as "processStarted",
  lease_until <= now() as "isLate"
from signalbox.owner where retired_at is null`,
};

/**
 * The one place where an owner is declared dead by others, once. What it had at work is `lost` and may be tried again;
 * whatever it still sends of that finds no row to move. Its runs stay as they are, to be adopted or ended.
 */
const endStatement: Statement = {
  name: 'signalbox_end_dead_owners',
  text: `
with dead as (
  update signalbox.owner o set retired_at = now(), ended_by = t."endedBy"
  from json_to_recordset($1::json) as t (id uuid, "endedBy" text)
  where o.id = t.id and o.retired_at is null and (t."endedBy" = 'process_gone' or o.lease_until <= now())
  returning o.id, o.host, o.pid, o.ended_by
), ${loseAttempts(
    'dead join signalbox.run r on r.owner = dead.id and r.finished_at is null',
    "case dead.ended_by when 'process_gone' then 'its process died' else 'its lease ended' end",
  )}
select id, host, pid, ended_by as "endedBy" from dead`,
};

/** What was at work in these runs is up for another try. Parts of a statement: `runs` yields `r`, `why` is over the same. */
export function loseAttempts(runs: string, why: string): string {
  return `lost as (
  update signalbox.attempt a set status = 'lost', finished_at = now(), failure = jsonb_build_object('class', 'lost',
    'message', 'the engine that ran this is gone: ' || ${why} || ' before it recorded an end')
  from ${runs}
  join signalbox.component_run c on c.run_id = r.id and c.status = 'running'
  where a.component_run_id = c.id and a.status = 'running'
  returning a.component_run_id, a.failure
), waiting as (
  update signalbox.component_run c set status = 'up_for_retry', reason = 'lost', failure = lost.failure
  from lost where c.id = lost.component_run_id and c.status = 'running'
)`;
}

interface LivingRow extends ProcessIdentity {
  readonly id: string;
  readonly isLate: boolean;
}

let self: ProcessIdentity | undefined;

/**
 * Ends every owner whose process is proven dead, and every other one whose lease is over. Costs one look at a short list when
 * nobody died. From then on all go by `retired_at`.
 */
export async function endDeadOwners(client: Client): Promise<readonly DeadOwner[]> {
  const { rows } = await client.query<LivingRow>(livingStatement);
  self ??= readProcessIdentity();
  const dead: Pick<DeadOwner, 'id' | 'endedBy'>[] = [];
  for (const { id, isLate, ...identity } of rows) {
    if (isProvenDead(identity, self)) dead.push({ id, endedBy: 'process_gone' });
    else if (isLate) dead.push({ id, endedBy: 'lease_over' });
  }
  if (dead.length === 0) return [];
  // In one order, so that two who find the same dead never wait for each other in a circle.
  dead.sort((left, right) => (left.id < right.id ? -1 : 1));
  return (await client.query<DeadOwner>({ ...endStatement, values: [toJsonText(dead)] })).rows;
}
