import type { Client } from 'pg';
import { infraFailure } from '../engine/model/failure.ts';
import type { Owner, OwnerStore } from '../engine/model/ports.ts';
import { toJsonText } from './json-text.ts';
import { newId } from './new-id.ts';
import { readProcessIdentity } from './process-identity.ts';
import { endDeadOwners } from './writer/dead-owners.ts';
import type { Writer } from './writer/writer.ts';

/** By the database's clock. Whoever has not renewed for so long is taken for dead, and its claims are free. */
const LEASE = "interval '60 seconds'";

/**
 * The commit does not wait for the disk. Whatever names this owner is committed later and then waits for both; a retirement
 * that a crash of the server takes back is made up for by the end of the lease.
 */
const UNHURRIED = "(select set_config('synchronous_commit', 'off', true)) as unhurried";

export function createOwnerStore(writer: Writer): OwnerStore {
  return {
    register: (id = newId()) => register(writer, id),
    renew: (owner) => writer.job((client) => renew(client, owner)),
    retire: async ({ id }) => {
      const text = `update signalbox.owner set retired_at = now(), ended_by = 'retired' from ${UNHURRIED} where id = $1 and retired_at is null`;
      await writer.job((client) => client.query(text, [id]));
    },
    endDead: () => writer.job(endDeadOwners),
  };
}

async function register(writer: Writer, id: string): Promise<Owner> {
  const { host, pid, bootId, pidNamespace, processStarted } = readProcessIdentity();
  const row = { id, host, pid, boot_id: bootId, pid_namespace: pidNamespace, process_started: processStarted };
  await writer.job((client) => client.query(registerText, [toJsonText(row)]));
  return { id, host, pid };
}

const registerText = `
insert into signalbox.owner (id, host, pid, boot_id, pid_namespace, process_started, lease_until)
select id, host, pid, boot_id, pid_namespace, process_started, now() + ${LEASE}
from json_to_record($1::json) as t
  (id uuid, host text, pid integer, boot_id text, pid_namespace text, process_started text), ${UNHURRIED}
on conflict (id) do nothing`;

async function renew(client: Client, { id }: Owner): Promise<void> {
  const text = `update signalbox.owner set lease_until = now() + ${LEASE} where id = $1 and retired_at is null`;
  const { rowCount } = await client.query(text, [id]);
  if (rowCount === 1) return;
  throw infraFailure(`expected owner ${id} to be registered and not retired, got no such row`, {
    hint: 'Was the database reset while this process ran? Start it again.',
  });
}
