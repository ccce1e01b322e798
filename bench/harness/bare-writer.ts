import type { Client } from 'pg';
import { runs as tables } from '../../state/migrations/0001-runs.ts';
import { newId } from '../../state/new-id.ts';
import type { Shape } from './shape.ts';

/** What the engine wrote for one component; the bare writer writes the same under new ids. */
export interface BareRow {
  readonly component: string;
  readonly verdict: string;
  readonly reason: string;
  readonly checks: string;
  readonly output: string;
  readonly output_digest: string;
  readonly fingerprint: string;
  readonly upstream_digests: string;
  readonly wall_ms: number;
}

export interface BareRun {
  readonly runId: string;
}

/** The engine's tables once more, in a schema of their own: same columns, keys, indexes and checks. */
export async function createBareTables(client: Client, schema: string): Promise<void> {
  await client.query(`create schema ${schema}; ${tables.replaceAll('signalbox.', `${schema}.`)}`);
  await client.query(`alter table ${schema}.attempt add column begun_xid xid8 default pg_current_xact_id()`);
  await client.query(`insert into ${schema}.owner (id, host, pid, lease_until) values ($1, 'bench', 1, now())`, [
    ownerId,
  ]);
}

const ownerId = newId();

/** The rows of one run of the engine, to be written again. */
export async function readRows(client: Client, runId: string): Promise<ReadonlyMap<string, BareRow>> {
  const { rows } = await client.query<BareRow>(
    `select c.component, d.verdict, d.reason, d.checks::text, c.output::text, c.output_digest, c.fingerprint,
       c.upstream_digests::text, c.wall_ms
     from signalbox.component_run c join signalbox.decision d on d.component_run_id = c.id where c.run_id = $1`,
    [runId],
  );
  return new Map(rows.map((row) => [row.component, row]));
}

interface Task {
  readonly row: BareRow;
  readonly id: string;
  readonly attemptId: string;
}

/**
 * The simplest program that leaves the same durable rows: one connection, one statement a flush, a flush whenever the last
 * one has returned. A task is two commits: its start is durable before its work, its end before what depends on it.
 * No decision is taken, no claim is checked, no row is compared before it is set, nothing is told to anyone.
 * @param atOnce places; a place is taken from the start of a task to its durable end
 */
export async function runBare(
  client: Client,
  schema: string,
  { shape, dag, rows, atOnce, work }: BareOptions,
): Promise<BareRun> {
  const runId = newId();
  const tasks = new Map<string, Task>(
    shape.nodes.map(({ id }) => [id, { row: rows.get(id) as BareRow, id: newId(), attemptId: newId() }]),
  );
  await open(client, schema, runId, dag, [...tasks.values()]);
  await walk(shape, atOnce, createFlusher(client, schema, tasks), work);
  await client.query(`update ${schema}.run set status = 'success', finished_at = $2 where id = $1`, [
    runId,
    new Date(),
  ]);
  return { runId };
}

export interface BareOptions {
  readonly shape: Shape;
  readonly dag: string;
  readonly rows: ReadonlyMap<string, BareRow>;
  readonly atOnce: number;
  readonly work: () => unknown;
}

async function open(client: Client, schema: string, runId: string, dag: string, tasks: readonly Task[]): Promise<void> {
  await client.query(
    `insert into ${schema}.dag_version (dag, version, definition) values ($1, '1', '{}')
     on conflict do nothing`,
    [dag],
  );
  await client.query(
    `insert into ${schema}.run (id, environment, dag, dag_version, trigger, forced, status, selection, owner, started_at,
       deadline) values ($1, 'dev', $2, '1', 'manual', false, 'running', '{}', $3, now(), now() + interval '2 hours')`,
    [runId, dag, ownerId],
  );
  const ids = tasks.map(({ id }) => id);
  const components = tasks.map(({ row }) => row.component);
  await client.query(
    `insert into ${schema}.component_run (id, run_id, environment, dag, component, status)
     select t.id, $1, 'dev', $2, t.component, 'pending' from unnest($3::uuid[], $4::text[]) as t (id, component)`,
    [runId, dag, ids, components],
  );
  await client.query(
    `insert into ${schema}.claim as k (environment, dag, component, component_run_id, owner, fence)
     select 'dev', $1, t.component, t.id, $2, 1 from unnest($3::uuid[], $4::text[]) as t (id, component)
     on conflict (environment, dag, component) do update set component_run_id = excluded.component_run_id, fence = k.fence + 1`,
    [dag, ownerId, ids, components],
  );
}

interface Flusher {
  start(id: string): Promise<void>;
  end(id: string): Promise<void>;
}

function createFlusher(client: Client, schema: string, tasks: ReadonlyMap<string, Task>): Flusher {
  const statement = { name: `bare_${schema}`, text: flushText(schema) };
  let starts: Queued[] = [];
  let ends: Queued[] = [];
  let isFlushing = false;
  const flush = async () => {
    if (isFlushing) return;
    isFlushing = true;
    while (starts.length + ends.length > 0) {
      const [begun, ended] = [starts, ends];
      starts = [];
      ends = [];
      await client.query({ ...statement, values: valuesOf(begun, ended) });
      for (const { resolve } of [...begun, ...ended]) resolve();
    }
    isFlushing = false;
  };
  const queue = (id: string, add: (queued: Queued) => void) =>
    new Promise<void>((resolve, reject) => {
      add({ task: tasks.get(id) as Task, at: new Date(), resolve });
      flush().catch(reject);
    });
  return {
    start: (id) => queue(id, (queued) => starts.push(queued)),
    end: (id) => queue(id, (queued) => ends.push(queued)),
  };
}

interface Queued {
  readonly task: Task;
  readonly at: Date;
  readonly resolve: () => void;
}

function valuesOf(starts: readonly Queued[], ends: readonly Queued[]): unknown[] {
  const begun = starts.map(({ task }) => task);
  const ended = ends.map(({ task }) => task);
  return [
    begun.map(({ id }) => id),
    starts.map(({ at }) => at),
    begun.map(({ attemptId }) => attemptId),
    begun.map(({ row }) => row.verdict),
    begun.map(({ row }) => row.reason),
    begun.map(({ row }) => row.checks),
    ended.map(({ id }) => id),
    ends.map(({ at }) => at),
    ended.map(({ attemptId }) => attemptId),
    ended.map(({ row }) => row.output),
    ended.map(({ row }) => row.output_digest),
    ended.map(({ row }) => row.fingerprint),
    ended.map(({ row }) => row.upstream_digests),
    ended.map(({ row }) => row.reason),
    ended.map(({ row }) => row.wall_ms),
    ownerId,
  ];
}

const flushText = (schema: string) => `
with starting as (
  select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[])
    as t (id, at, attempt_id, verdict, reason, checks)
), running as (
  update ${schema}.component_run c set status = 'running', fence = 1, attempts = 1, started_at = t.at
  from starting t where c.id = t.id
), begun as (
  insert into ${schema}.attempt (id, component_run_id, number, status, owner, fence, started_at, deadline)
  select attempt_id, id, 1, 'running', $16::uuid, 1, at, at + interval '30 minutes' from starting
), decided as (
  insert into ${schema}.decision (component_run_id, verdict, reason, checks)
  select id, verdict, reason, checks::jsonb from starting
), ending as (
  select * from unnest($7::uuid[], $8::timestamptz[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[],
    $14::text[], $15::double precision[])
    as t (id, at, attempt_id, output, output_digest, fingerprint, upstream_digests, reason, wall_ms)
), finished as (
  update ${schema}.component_run c set status = 'success', finished_at = t.at, output = t.output::jsonb,
    output_digest = t.output_digest, fingerprint = t.fingerprint, upstream_digests = t.upstream_digests::jsonb,
    reason = t.reason, wall_ms = t.wall_ms, rows = 0, bytes = 0
  from ending t where c.id = t.id
)
update ${schema}.attempt a set status = 'success', finished_at = t.at, wall_ms = t.wall_ms,
  quarantine = '{"rows": 0, "first": []}'
from ending t where a.id = t.attempt_id`;

/** Kahn's walk: a node is queued when its last upstream is durable. */
async function walk(shape: Shape, atOnce: number, flusher: Flusher, work: () => unknown): Promise<void> {
  const waitsFor = new Map(shape.nodes.map(({ id, upstreams }) => [id, upstreams.length]));
  const downstreams = new Map(shape.nodes.map(({ id }) => [id, [] as string[]]));
  for (const { id, upstreams } of shape.nodes) for (const upstream of upstreams) downstreams.get(upstream)?.push(id);
  const ready = shape.nodes.filter(({ upstreams }) => upstreams.length === 0).map(({ id }) => id);
  let next = 0;
  let atWork = 0;
  let left = shape.nodes.length;
  await new Promise<void>((resolve, reject) => {
    const one = async (id: string) => {
      await flusher.start(id);
      work();
      await flusher.end(id);
      atWork -= 1;
      left -= 1;
      for (const downstream of downstreams.get(id) ?? []) {
        const waiting = (waitsFor.get(downstream) ?? 0) - 1;
        waitsFor.set(downstream, waiting);
        if (waiting === 0) ready.push(downstream);
      }
      if (left === 0) resolve();
      else fill();
    };
    const fill = () => {
      while (next < ready.length && atWork < atOnce) {
        atWork += 1;
        one(ready[next++] as string).catch(reject);
      }
    };
    fill();
  });
}
