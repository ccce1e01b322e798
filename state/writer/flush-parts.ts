import type { SourceEvidence } from '../../engine/model/evidence.ts';
import type { SuccessRecord } from '../../engine/model/ports.ts';
import type { Move } from './move.ts';

/**
 * The range holds every uuid. It is there for the planner, which guesses 1 row behind it instead of 100: only then does
 * a plan that was made (for good) while the tables were nearly empty still go from the batch to the rows by their keys.
 */
export const batch = `(
    select * from jsonb_to_recordset($1::jsonb) as t (id uuid, "fromStatuses" text[], status text, "isEnd" boolean,
      fence bigint, owner uuid, start jsonb, ending jsonb)
    where id between '00000000-0000-0000-0000-000000000000' and 'ffffffff-ffff-ffff-ffff-ffffffffffff') t`;

/** The compare-and-set. RETURNING carries the input on, which spares a join of the batch with itself. */
export const moved = `
  update signalbox.component_run c set
    status = t.status,
    reason = coalesce(t.ending ->> 'reason', c.reason),
    fence = coalesce(t.fence, c.fence),
    degraded = c.degraded or coalesce(t.start ->> 'degraded', t.ending ->> 'degraded', 'false')::boolean,
    attempts = c.attempts + (t.start is not null)::integer,
    started_at = coalesce(c.started_at, (t.start ->> 'startedAt')::timestamptz),
    finished_at = case when t."isEnd" then (t.ending ->> 'finishedAt')::timestamptz end,
    wall_ms = (t.ending #>> '{metrics,wallMs}')::double precision,
    rows = (t.ending #>> '{success,rows}')::bigint,
    bytes = (t.ending #>> '{success,bytes}')::bigint,
    output = t.ending #> '{success,output}',
    output_digest = t.ending #>> '{success,outputDigest}',
    fingerprint = t.ending #>> '{success,fingerprint}',
    upstream_digests = t.ending #> '{success,upstreamDigests}',
    failure = t.ending -> 'failure'
  from ${batch}
  where c.id = t.id
    and c.status = any (t."fromStatuses")
    and (t.fence is null or t.fence = (
      select k.fence from signalbox.claim k
      where k.environment = c.environment and k.dag = c.dag and k.component = c.component and k.component_run_id = c.id))
    and (t.owner is null or exists (
      select from signalbox.run r where r.id = c.run_id and r.owner = t.owner and r.finished_at is null))
    and (t.start is not null or t.ending ->> 'attemptId' is null or 'running' = (
      select a.status from signalbox.attempt a
      where a.id = (t.ending ->> 'attemptId')::uuid and a.component_run_id = c.id))
  returning c.id, c.environment, c.dag, c.component, c.fence, t.start, t.ending`;

/** What is written besides the component runs, and which moves ask for it. */
export interface FlushPart {
  readonly name: string;
  readonly sql: string;
  readonly isNeeded: (move: Move) => boolean;
}

export const flushParts: readonly FlushPart[] = [
  {
    name: 'begun',
    isNeeded: ({ start }) => start !== undefined,
    sql: `
  insert into signalbox.attempt (id, component_run_id, number, status, owner, fence, pid, started_at, deadline,
    finished_at, wall_ms, cpu_ms, peak_rss_bytes, calls, bytes_in, failure, warnings, quarantine)
  select (start ->> 'attemptId')::uuid, id, (start ->> 'number')::integer,
    coalesce(ending ->> 'attemptStatus', 'running'), (start ->> 'owner')::uuid, fence, (start ->> 'pid')::integer,
    (start ->> 'startedAt')::timestamptz, (start ->> 'deadline')::timestamptz, ${attemptEnd('moved')}
  from moved where start is not null`,
  },
  {
    name: 'ended',
    isNeeded: ({ start, ending }) => start === undefined && ending !== undefined && 'attemptId' in ending,
    sql: `
  update signalbox.attempt a set
    (status, finished_at, wall_ms, cpu_ms, peak_rss_bytes, calls, bytes_in, failure, warnings, quarantine) =
    row (m.ending ->> 'attemptStatus', ${attemptEnd('m')})
  from moved m where m.start is null and a.id = (m.ending ->> 'attemptId')::uuid`,
  },
  {
    name: 'decided',
    isNeeded: ({ start, ending }) => start?.decision !== undefined || (ending !== undefined && 'decision' in ending),
    sql: `
  insert into signalbox.decision (component_run_id, verdict, reason, checks)
  select id, decision ->> 'verdict', decision ->> 'reason', decision -> 'checks'
  from (select id, coalesce(start -> 'decision', ending -> 'decision') as decision from moved) made
  where decision is not null
  on conflict (component_run_id) do nothing`,
  },
  {
    name: 'seen',
    isNeeded: ({ ending }) => (successOf(ending)?.evidence ?? evidenceOf(ending) ?? []).length > 0,
    sql: `
  insert into signalbox.source_state as s
    (environment, dag, component, fence, component_run_id, evidence, trust, recorded_at)
  select environment, dag, component, fence, id, evidence,
    coalesce(ending #> '{success,trust}', ending -> 'trust', '{}'), (ending ->> 'finishedAt')::timestamptz
  from (select *, coalesce(ending #> '{success,evidence}', ending -> 'evidence') as evidence from moved) asked
  where jsonb_array_length(evidence) > 0 and (
    select k.as_of from signalbox.claim k
    where k.environment = asked.environment and k.dag = asked.dag and k.component = asked.component
      and k.component_run_id = asked.id) is not null
  on conflict (environment, dag, component) do update set
    fence = excluded.fence, component_run_id = excluded.component_run_id, evidence = excluded.evidence,
    trust = excluded.trust, recorded_at = excluded.recorded_at
  where s.fence <= excluded.fence`,
  },
  {
    name: 'published',
    isNeeded: ({ ending }) => (successOf(ending)?.datasets ?? []).length > 0,
    sql: `
  insert into signalbox.dataset_version (id, environment, dag, component, dataset, component_run_id, path, rows, bytes,
    sha256, digest, schema, evidence, published_at, advances)
  select d.id, m.environment, m.dag, m.component, d.dataset, m.id, d.path, d.rows, d.bytes,
    d.sha256, d.digest, d.schema, d.evidence, d."publishedAt", exists (
      select from signalbox.claim k
      where k.environment = m.environment and k.dag = m.dag and k.component = m.component and k.component_run_id = m.id
        and k.as_of is not null)
  from moved m, jsonb_to_recordset(m.ending #> '{success,datasets}') as d (id uuid, dataset text, path text, rows bigint,
    bytes bigint, sha256 text, digest text, schema jsonb, evidence jsonb, "publishedAt" timestamptz)`,
  },
  // Deferred again by the run that was made for it, or while it waits, it keeps its deadline; what is done again later is new.
  // One row waits for a backfill and for what is live: then it is live.
  {
    name: 'reopened',
    isNeeded: ({ ending }) => ending?.reopen !== undefined,
    sql: `
  insert into signalbox.slot as s
    (environment, dag, component, slot, status, trigger, advances, reason, not_before, deadline, evidence)
  select m.environment, m.dag, m.component, r.as_of, 'due', case when r.trigger = 'backfill' or not r.advances then 'backfill' else 'retry' end,
    r.advances, m.ending ->> 'reason', (m.ending #>> '{reopen,notBefore}')::timestamptz,
    (m.ending #>> '{reopen,deadline}')::timestamptz, jsonb_build_object('deferredBy', r.id)
  from moved m
  join signalbox.component_run c on c.id = m.id
  join signalbox.run r on r.id = c.run_id
  where m.ending -> 'reopen' is not null
  on conflict (environment, dag, component, slot) do update set
    status = 'due', run_id = null, reason = excluded.reason, not_before = excluded.not_before,
    evidence = excluded.evidence,
    trigger = case when s.status = 'due' and s.trigger <> 'backfill' then s.trigger else excluded.trigger end,
    advances = excluded.advances or (s.status = 'due' and s.advances),
    deadline = case
      when s.status = 'due' or s.run_id::text = excluded.evidence ->> 'deferredBy' then s.deadline
      else excluded.deadline end`,
  },
];

/** From `finished_at` to `quarantine`: what the end of an attempt says; all null where it has none yet. */
function attemptEnd(row: string): string {
  const metric = (name: string, type: string) => `(${row}.ending #>> '{metrics,${name}}')::${type}`;
  return [
    `(${row}.ending ->> 'finishedAt')::timestamptz`,
    metric('wallMs', 'double precision'),
    metric('cpuMs', 'double precision'),
    metric('peakRssBytes', 'bigint'),
    metric('calls', 'bigint'),
    metric('bytesIn', 'bigint'),
    `${row}.ending -> 'failure'`,
    `coalesce(${row}.ending -> 'warnings', '[]')`,
    `${row}.ending -> 'quarantine'`,
  ].join(', ');
}

function successOf(ending: Move['ending']): SuccessRecord | undefined {
  return ending && 'success' in ending ? ending.success : undefined;
}

function evidenceOf(ending: Move['ending']): readonly SourceEvidence[] | undefined {
  return ending && 'evidence' in ending ? ending.evidence : undefined;
}
