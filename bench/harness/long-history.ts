import type { Client } from 'pg';

/** How much there is of everything; the attempts are the product of the last three. */
export interface HistorySize {
  readonly dags: number;
  readonly runs: number;
  readonly components: number;
  readonly attempts: number;
}

/** Runs are a minute apart, from this instant on. */
const beginMs = Date.UTC(2030, 0, 1);

/** As `newId` makes them, version 7 of RFC 9562, but for the random part: that is of the seed and the number. */
const id = (kind: string, ms: string, number: string) =>
  `(lpad(to_hex(${ms}), 12, '0') || '7' || substr(md5('${kind}' || ${number}), 1, 3) || '8' || substr(md5('seed 1' || '${kind}' || ${number}), 1, 15))::uuid`;
const runId = (n: string) => id('run', `${beginMs} + ${n}::bigint * 60000`, n);
const componentRunId = (n: string, k: string) =>
  id('component', `${beginMs} + ${n}::bigint * 60000 + ${k}`, `(${n}::bigint * 1000 + ${k})`);
const attemptId = (n: string, k: string, a: string) =>
  id('attempt', `${beginMs} + ${n}::bigint * 60000 + ${k} * 100 + ${a}`, `(${n}::bigint * 100000 + ${k} * 100 + ${a})`);
const at = (n: string, seconds: string) => `to_timestamp(${beginMs / 1_000} + ${n} * 60 + ${seconds})`;
const owner = "'00000000-0000-7000-8000-000000000001'::uuid";

/** Past runs of the environment `prd`, made by the server itself; the same at every time. */
export async function makeHistory(client: Client, size: HistorySize): Promise<void> {
  for (const text of statements(size)) await client.query(text);
  for (const table of ['run', 'component_run', 'attempt', 'decision', 'claim'])
    await client.query(`vacuum analyze signalbox.${table}`);
}

function statements({ dags, runs, components, attempts }: HistorySize): readonly string[] {
  const ofRun = `generate_series(0, ${runs - 1}) n`;
  const ofComponent = `${ofRun}, generate_series(0, ${components - 1}) k`;
  // Every seventh component run gives up, the others succeed at their last try.
  const isBad = '(n * 31 + k) % 7 = 0';
  return [
    `insert into signalbox.owner (id, host, pid, lease_until) values (${owner}, 'bench', 1, now())`,
    `insert into signalbox.dag_version (dag, version, definition)
      select 'dag-' || d, 'v1', '{}' from generate_series(0, ${dags - 1}) d`,
    `insert into signalbox.run (id, environment, dag, dag_version, trigger, forced, status, selection, owner, started_at,
        deadline, finished_at, as_of, answers_slots, advances)
      select ${runId('n')}, 'prd', 'dag-' || n % ${dags}, 'v1', 'manual', false, 'success', '{}', ${owner}, ${at('n', '0')},
        ${at('n', '3600')}, ${at('n', '50')}, ${at('n', '0')}, true, true from ${ofRun}`,
    `insert into signalbox.component_run (id, run_id, environment, dag, component, status, reason, fence, attempts, started_at,
        finished_at, wall_ms, rows, bytes, output, output_digest, fingerprint, upstream_digests)
      select ${componentRunId('n', 'k')}, ${runId('n')}, 'prd', 'dag-' || n % ${dags}, 'component-' || k,
        case when ${isBad} then 'failed' else 'success' end, 'source_changed', n + 1, ${attempts}, ${at('n', 'k')},
        ${at('n', 'k + 20')}, 20000, 1000, 100000, '{"rows":1000}', md5(n::text), md5(k::text), '{}' from ${ofComponent}`,
    `insert into signalbox.decision (component_run_id, verdict, reason, checks)
      select ${componentRunId('n', 'k')}, 'run', 'source_changed', '[]' from ${ofComponent}`,
    `insert into signalbox.attempt (id, component_run_id, number, status, owner, fence, started_at, deadline, finished_at,
        wall_ms, failure)
      select ${attemptId('n', 'k', 'a')}, ${componentRunId('n', 'k')}, a,
        case when a < ${attempts} or ${isBad} then 'failed' else 'success' end, ${owner}, n + 1, ${at('n', 'k + a')},
        ${at('n', '3600')}, ${at('n', 'k + a + 1')}, 1000,
        case when a < ${attempts} or ${isBad} then '{"class":"source","message":"expected a zip, got HTML"}'::jsonb end
      from ${ofComponent}, generate_series(1, ${attempts}) a`,
    `insert into signalbox.claim (environment, dag, component, component_run_id, owner, fence, last_success, as_of)
      select 'prd', 'dag-' || n % ${dags}, 'component-' || k, ${componentRunId('n', 'k')}, ${owner}, n + 1,
        ${componentRunId('n', 'k')}, ${at('n', '0')}
      from generate_series(${runs - dags}, ${runs - 1}) n, generate_series(0, ${components - 1}) k`,
  ];
}
