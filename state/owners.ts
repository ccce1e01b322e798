import type { Owner, OwnerStore } from '../engine/model/ports.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { toJsonText } from './json-text.ts';
import { keepLease, type LeaseTerms } from './lease/keep-lease.ts';
import { newId } from './new-id.ts';
import { readProcessIdentity } from './process-identity.ts';
import { endDeadOwners } from './writer/dead-owners.ts';
import type { Writer } from './writer/writer.ts';

/**
 * The commit does not wait for the disk. Whatever names this owner is committed later and then waits for both; a retirement
 * that a crash of the server takes back is made up for by the end of the lease.
 */
const UNHURRIED = "(select set_config('synchronous_commit', 'off', true)) as unhurried";

/** Whoever has not renewed its lease for `leaseMs`, by the database's clock, is taken for dead. */
export function createOwnerStore(writer: Writer, target: ConnectionTarget, terms: LeaseTerms): OwnerStore {
  return {
    register: (id = newId()) => register(writer, id, terms.leaseMs),
    keep: ({ id }) => keepLease(target, id, terms),
    retire: async ({ id }) => {
      const text = `update signalbox.owner set retired_at = now(), ended_by = 'retired' from ${UNHURRIED} where id = $1 and retired_at is null`;
      await writer.job((client) => client.query(text, [id]));
    },
    endDead: () => writer.job(endDeadOwners),
  };
}

async function register(writer: Writer, id: string, leaseMs: number): Promise<Owner> {
  const { host, pid, bootId, pidNamespace, processStarted } = readProcessIdentity();
  const row = { id, host, pid, boot_id: bootId, pid_namespace: pidNamespace, process_started: processStarted };
  await writer.job((client) => client.query(registerText, [toJsonText(row), leaseMs]));
  return { id, host, pid };
}

const registerText = `
insert into signalbox.owner (id, host, pid, boot_id, pid_namespace, process_started, lease_until)
select id, host, pid, boot_id, pid_namespace, process_started, now() + $2 * interval '1 millisecond'
from json_to_record($1::json) as t
  (id uuid, host text, pid integer, boot_id text, pid_namespace text, process_started text), ${UNHURRIED}
on conflict (id) do nothing`;
