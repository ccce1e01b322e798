import type { Client } from 'pg';
import type { AdoptionStore, DeadRun } from '../engine/model/adoption.ts';
import type { Patience } from './patience.ts';
import type { Statement } from './session.ts';
import { adoptRun } from './writer/adopt-run.ts';
import { endLostRuns } from './writer/lost-runs.ts';
import type { Writer } from './writer/writer.ts';

export function createAdoptionStore(writer: Writer, patience: Patience): AdoptionStore {
  return {
    deadRuns: (environment, dag) => writer.job((client) => readDeadRuns(client, environment, dag)),
    adopt: async (run, owner, stop) => {
      const adopted = await writer.job((client, isRepeated) => adoptRun(client, run, owner, isRepeated));
      if (adopted) patience.began(run.id, stop);
      return adopted;
    },
    endLost: (run, because) => writer.job((client) => endLostRuns(client, [run.id], because)),
  };
}

/** By way of the runs that have not ended: they are few. */
const deadRunsStatement: Statement = {
  name: 'signalbox_dead_runs',
  text: `
select r.id, r.environment, r.dag, r.dag_version as "dagVersion", r.trigger, r.forced, r.selection, r.slot,
  r.as_of as "asOf", r.answers_slots as "answersSlots", r.advances, r.retry_of as "retryOf",
  r.started_at as "startedAt", r.deadline, o.ended_by as "endedBy",
  json_build_object('id', o.id, 'host', o.host, 'pid', o.pid) as engine
from signalbox.run r join signalbox.owner o on o.id = r.owner
where r.finished_at is null and o.retired_at is not null and r.environment = $1 and ($2::text is null or r.dag = $2)
order by r.id`,
};

async function readDeadRuns(client: Client, environment: string, dag?: string): Promise<readonly DeadRun[]> {
  return (await client.query<DeadRun>({ ...deadRunsStatement, values: [environment, dag ?? null] })).rows;
}
