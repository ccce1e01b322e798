import type { Client } from 'pg';
import type { CancelAnswer, CancelRequest, RunKeeper } from '../engine/model/run-keeper.ts';
import { toJsonText } from './json-text.ts';
import { newId } from './new-id.ts';
import { inTransaction, type Statement } from './session.ts';
import { endDeadOwners } from './writer/dead-owners.ts';
import { endCancelledRun, endLostRuns } from './writer/lost-runs.ts';
import type { Writer } from './writer/writer.ts';

export function createRunKeeper(writer: Writer): RunKeeper {
  return {
    cancel: (request) => writer.job((client) => inTransaction(client, () => cancel(client, request))),
    endIfLost: (run) => writer.job((client) => endIfLost(client, run)),
    isCancelled: (run) => writer.job((client) => isCancelled(client, run)),
  };
}

const askText = `
with asked as (
  update signalbox.run set cancel_asked_at = $2, cancel_asked_by = $3, cancel_reason = $4
  where id = $1 and cancel_asked_at is null
  returning id, environment, dag
)
insert into signalbox.audit (id, at, who, environment, dag, action, details)
select $5, $2, $3, environment, dag, 'run_cancel', $6::jsonb from asked`;

/** Locked until the commit: its engine cannot end it in between. */
const isOpenText = 'select from signalbox.run where id = $1 and finished_at is null for update';

async function cancel(client: Client, { run, at, who, reason }: CancelRequest): Promise<CancelAnswer> {
  const isOpen = async () => (await client.query(isOpenText, [run])).rowCount === 1;
  if (!(await isOpen())) return 'over';
  const details = toJsonText({ run, ...(reason === undefined ? {} : { reason }) });
  await client.query(askText, [run, at, who, reason ?? null, newId(), details]);
  await endCancelledRun(client, run);
  return (await isOpen()) ? 'asked' : 'ended';
}

async function endIfLost(client: Client, run: string): Promise<void> {
  await endDeadOwners(client);
  await endLostRuns(client, [run]);
}

const cancelledStatement: Statement = {
  name: 'signalbox_is_cancelled',
  text: 'select from signalbox.run where id = $1 and cancel_asked_at is not null',
};

async function isCancelled(client: Client, run: string): Promise<boolean> {
  return (await client.query({ ...cancelledStatement, values: [run] })).rowCount === 1;
}
