import type { Client } from 'pg';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';
import type { Move } from './move.ts';

/**
 * A whole batch in one statement, hence in one transaction and one commit. `moved` is the compare-and-set: only the
 * rows it returns are written anywhere, so a refused move leaves no trace. The claim's fence is compared as a scalar
 * because an EXISTS may be planned as a hash over all claims. RETURNING t.* carries the input on, which spares a join
 * of the batch with itself.
 */
const flushStatement: Statement = {
  name: 'signalbox_flush',
  text: `
with moved as (
  update signalbox.component_run c set
    status = t.status,
    reason = coalesce(t.reason, c.reason),
    fence = coalesce(t.fence, c.fence),
    degraded = c.degraded or coalesce(t.degraded, false),
    attempts = c.attempts + (t.attempt_part = 'begin')::integer,
    started_at = coalesce(c.started_at, t.started_at),
    finished_at = t.finished_at,
    wall_ms = t.wall_ms,
    rows = t.rows,
    bytes = t.bytes,
    output = t.output,
    output_digest = t.output_digest,
    fingerprint = t.fingerprint,
    upstream_digests = t.upstream_digests,
    failure = t.failure
  from json_to_recordset($1::json) as t (
    id uuid, from_statuses text[], status text, reason text, fence bigint, degraded boolean, finished_at timestamptz,
    failure jsonb, attempt_part text, attempt_id uuid, attempt_status text, number integer, owner uuid, pid integer,
    started_at timestamptz, deadline timestamptz, attempt_finished_at timestamptz, wall_ms double precision,
    cpu_ms double precision, peak_rss_bytes bigint, calls bigint, bytes_in bigint, warnings jsonb, quarantine jsonb,
    verdict text, decision_reason text, checks jsonb, output jsonb, output_digest text, fingerprint text,
    upstream_digests jsonb, rows bigint, bytes bigint, evidence jsonb, datasets json
  )
  where c.id = t.id
    and c.status = any (t.from_statuses)
    and (t.fence is null or t.fence = (
      select k.fence from signalbox.claim k
      where k.environment = c.environment and k.dag = c.dag and k.component = c.component and k.component_run_id = c.id))
    and (t.attempt_part <> 'end' or 'running' = (
      select a.status from signalbox.attempt a where a.id = t.attempt_id and a.component_run_id = c.id))
  returning c.environment, c.dag, c.component, t.*
), begun as (
  insert into signalbox.attempt (id, component_run_id, number, status, owner, fence, pid, started_at, deadline,
    finished_at, wall_ms, cpu_ms, peak_rss_bytes, calls, bytes_in, failure, warnings, quarantine)
  select attempt_id, id, number, attempt_status, owner, fence, pid, started_at, deadline,
    attempt_finished_at, wall_ms, cpu_ms, peak_rss_bytes, calls, bytes_in, failure, coalesce(warnings, '[]'), quarantine
  from moved where attempt_part = 'begin'
), ended as (
  update signalbox.attempt a set
    status = m.attempt_status, finished_at = m.attempt_finished_at, wall_ms = m.wall_ms, cpu_ms = m.cpu_ms,
    peak_rss_bytes = m.peak_rss_bytes, calls = m.calls, bytes_in = m.bytes_in, failure = m.failure,
    warnings = coalesce(m.warnings, '[]'), quarantine = m.quarantine
  from moved m where m.attempt_part = 'end' and a.id = m.attempt_id
), decided as (
  insert into signalbox.decision (component_run_id, verdict, reason, checks)
  select id, verdict, decision_reason, checks from moved where verdict is not null
  on conflict (component_run_id) do nothing
), seen as (
  insert into signalbox.source_state as s
    (environment, dag, component, fence, component_run_id, evidence, recorded_at)
  select environment, dag, component, fence, id, evidence, finished_at from moved where evidence is not null
  on conflict (environment, dag, component) do update set
    fence = excluded.fence, component_run_id = excluded.component_run_id, evidence = excluded.evidence,
    recorded_at = excluded.recorded_at
  where s.fence <= excluded.fence
), published as (
  insert into signalbox.dataset_version (id, environment, dag, component, dataset, component_run_id, path, rows, bytes,
    sha256, digest, schema, evidence, published_at)
  select d.id, m.environment, m.dag, m.component, d.dataset, m.id, d.path, d.rows, d.bytes,
    d.sha256, d.digest, d.schema, d.evidence, d.published_at
  from moved m, json_to_recordset(m.datasets) as d (id uuid, dataset text, path text, rows bigint, bytes bigint,
    sha256 text, digest text, schema jsonb, evidence jsonb, published_at timestamptz)
  where m.datasets is not null
)
select id from moved`,
};

/** Records the moves that their rows allow and returns the ids of these rows. */
export async function sendMoves(client: Client, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  return idsOf(client, flushStatement, moves);
}

/** Which of these moves are on record as they stand here: asked when nobody heard whether they were committed. */
export async function findRecorded(client: Client, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  return idsOf(client, recordedStatement, moves);
}

const recordedStatement: Statement = {
  name: 'signalbox_recorded',
  text: `
select t.id
from json_to_recordset($1::json) as t (id uuid, status text, reason text, finished_at timestamptz, attempt_id uuid,
  attempt_status text, attempt_finished_at timestamptz)
join signalbox.component_run c on c.id = t.id
left join signalbox.attempt a on a.id = t.attempt_id
where case
  when t.attempt_id is null then
    c.status = t.status and c.reason is not distinct from t.reason and c.finished_at = t.finished_at
  when t.attempt_status = 'running' then a.id is not null
  else a.status = t.attempt_status and a.finished_at = t.attempt_finished_at
end`,
};

async function idsOf(client: Client, statement: Statement, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({ ...statement, values: [toJsonText(moves)] });
  return new Set(rows.map(({ id }) => id));
}
