import type { Client } from 'pg';

/** What the database says of runs in which nothing has changed, asked when all of them are over. */
export interface UnchangedProof {
  readonly runs: number;
  readonly unchangedPerRun: string;
  readonly decisionsPerRun: string;
  /** Components whose content was read all the same, to verify what the files' stamps say: fewest and most of a run. */
  readonly auditedPerRun: string;
  readonly runsNotSuccessful: number;
}

export async function countUnchanged(client: Client, runIds: readonly string[]): Promise<UnchangedProof> {
  const { rows } = await client.query<{ ended: number; decided: number; audited: number; failed: number }>(
    `select (count(*) filter (where c.status = 'unchanged'))::int as ended,
       (count(*) filter (where d.verdict = 'unchanged' and d.reason = 'inputs_unchanged'))::int as decided,
       (count(*) filter (where d.checks @> '[{"check": "source", "inputs": {"audited": true}}]'))::int as audited,
       (r.status <> 'success')::int as failed
     from signalbox.run r
     join signalbox.component_run c on c.run_id = r.id
     left join signalbox.decision d on d.component_run_id = c.id
     where r.id = any ($1) group by r.id, r.status`,
    [runIds],
  );
  return {
    runs: rows.length,
    unchangedPerRun: ofEach(rows.map(({ ended }) => ended)),
    decisionsPerRun: ofEach(rows.map(({ decided }) => decided)),
    auditedPerRun: ofEach(rows.map(({ audited }) => audited)),
    runsNotSuccessful: rows.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function ofEach(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least}–${most}`;
}
