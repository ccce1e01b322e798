import type { Client } from 'pg';
import type { MemoryChange, MemoryChanged, MemoryKeeper } from '../engine/model/memory-change.ts';
import { newId } from './new-id.ts';
import { inTransaction } from './session.ts';
import { endDeadOwners } from './writer/dead-owners.ts';
import { isHeld } from './writer/held-claim.ts';
import { lockClaims } from './writer/lock-claims.ts';
import { endLostRuns } from './writer/lost-runs.ts';
import type { Writer } from './writer/writer.ts';

/**
 * Both changes take the claim away from the component run that held it last, under a new fence: what that one may still
 * have to say comes too late.
 */
export function createMemoryKeeper(writer: Writer): MemoryKeeper {
  return {
    reset: (request) => writer.job((client) => change(client, request, 'state_reset', resetText)),
    touch: (request) => writer.job((client) => change(client, request, 'state_touch', touchText)),
  };
}

const ofComponent = 'k.environment = $1 and k.dag = $2 and k.component = $3';

const resetText = `
with forgotten as (
  update signalbox.claim k set component_run_id = $4, fence = k.fence + 1, as_of = null, last_success = null,
    answered_until = null, skips = 0
  where ${ofComponent} and $5::timestamptz is not null and not (${isHeld})
  returning 1
), unseen as (
  delete from signalbox.source_state k where ${ofComponent} and exists (select from forgotten)
)
select 1 from forgotten`;

const touchText = `
update signalbox.claim k set component_run_id = $4, fence = k.fence + 1, as_of = null, answered_until = $5,
  last_success = found.id
from (
  select k.environment, k.dag, k.component, coalesce(holder.id, k.last_success) as id from signalbox.claim k
  left join signalbox.component_run holder
    on holder.id = k.component_run_id and holder.status = 'success' and k.as_of is not null
  where ${ofComponent}) found
where ${ofComponent} and found.id is not null and not (${isHeld})
returning 1`;

const holderText = `
select r.id as run, o.retired_at is not null as is_lost
from signalbox.claim k
join signalbox.component_run c on c.id = k.component_run_id and c.finished_at is null
join signalbox.run r on r.id = c.run_id and r.finished_at is null
join signalbox.owner o on o.id = r.owner
where ${ofComponent}`;

const auditText = `
insert into signalbox.audit (id, at, who, environment, dag, component, action, details)
values ($1, $2, $3, $4, $5, $6, $7, '{}')`;

async function change(client: Client, request: MemoryChange, action: string, text: string): Promise<MemoryChanged> {
  const { environment, dag, component, who, at } = request;
  const subject = [environment, dag, component];
  return inTransaction(
    client,
    async () => {
      const changed = await takeAndChange(client, text, [...subject, newId(), at]);
      if (changed === 'changed') await client.query(auditText, [newId(), at, who, ...subject, action]);
      return changed;
    },
    lockClaims(request),
  );
}

/** A run whose process is gone is in nobody's way: it is ended, as a run that claims the component would end it. */
async function takeAndChange(client: Client, text: string, values: readonly unknown[]): Promise<MemoryChanged> {
  const { rowCount } = await client.query(text, [...values]);
  if (rowCount !== 0) return 'changed';
  await endDeadOwners(client);
  const holders = await client.query<{ run: string; is_lost: boolean }>(holderText, values.slice(0, 3));
  const [holder] = holders.rows;
  if (!holder) return 'unknown';
  if (!holder.is_lost) return 'held';
  await endLostRuns(client, [holder.run]);
  return (await client.query(text, [...values])).rowCount === 0 ? 'unknown' : 'changed';
}
