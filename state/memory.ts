import type { Client } from 'pg';
import type { DatasetVersion } from '../engine/model/dataset.ts';
import type { SourceEvidence } from '../engine/model/evidence.ts';
import type { Json } from '../engine/model/json.ts';
import type { LastSuccess, MemoryStore, Scope } from '../engine/model/ports.ts';
import type { Published } from '../engine/model/summary.ts';
import type { TrustBySource } from '../engine/model/trust.ts';
import { databaseFailure } from './connection-error.ts';
import { datasetColumns } from './dataset-row.ts';
import { toJsonText } from './json-text.ts';
import type { PatientSession } from './patient-session.ts';
import { inTransaction, type Statement } from './session.ts';

/**
 * Every success had a claim, so the claims list the components, and each knows its newest success: the component run
 * that holds it now, or the one it remembers. Look-ups by key, however long the history is. A holder without an as_of
 * is of a run that does not advance: it is passed over.
 */
const newestSuccesses = `
signalbox.claim k
left join signalbox.component_run holder
  on holder.id = k.component_run_id and holder.status in ('success', 'unchanged') and k.as_of is not null
join signalbox.component_run c on c.id = case holder.status when 'success' then holder.id else k.last_success end`;
const inScope = `
where k.environment = $1 and k.dag = $2
  and ($3::json is null or k.component in (select json_array_elements_text($3::json)))`;

const successesStatement: Statement = {
  name: 'signalbox_last_successes',
  text: `
select k.component, c.id as "componentRunId", c.finished_at as "finishedAt", c.output, c.output_digest as "outputDigest",
  c.fingerprint, c.upstream_digests as "upstreamDigests", c.fence, c.bytes,
  k.skips + coalesce(holder.status = 'unchanged', false)::integer as skips,
  greatest(k.answered_until, case when holder.id is not null then k.as_of end) as "answeredUntil"
from ${newestSuccesses}
${inScope}`,
};

/** Read in one go along its key: looked up for each component by itself it took half as long as all the rest. */
const seenStatement: Statement = {
  name: 'signalbox_last_seen',
  text: `select k.component, k.fence, k.evidence, k.trust from signalbox.source_state k ${inScope}`,
};

const datasetsStatement: Statement = {
  name: 'signalbox_last_datasets',
  text: `
select ${datasetColumns}
from json_array_elements_text($1::json) as t (id)
join signalbox.dataset_version d on d.component_run_id = t.id::uuid
order by d.dataset`,
};

/** What runs of other slots have made is left out before anything is sorted: a span is short. */
const slotOutputsStatement: Statement = {
  name: 'signalbox_slot_outputs',
  text: `
select distinct on (t.component) t.component, c.output, c.output_digest as "outputDigest", r.slot as "madeFor"
from json_to_recordset($3::json) as t (component text, "from" timestamptz)
join signalbox.run r on r.environment = $1 and r.dag = $2 and r.slot between t."from" and $4
join signalbox.component_run c on c.run_id = r.id and c.component = t.component and c.status = 'success'
order by t.component, r.slot desc, r.id desc`,
};

const durationsStatement: Statement = {
  name: 'signalbox_typical_durations',
  text: `
select k.component, (
  select percentile_cont(0.5) within group (order by wall_ms)
  from unnest(k.recent_wall_ms || holder.wall_ms) as wall_ms) as median
from signalbox.claim k
left join signalbox.component_run holder on holder.id = k.component_run_id and holder.status = 'success'
where k.environment = $1 and k.dag = $2 and (k.last_success is not null or holder.id is not null)`,
};

const pathsStatement: Statement = {
  name: 'signalbox_published_paths',
  text: `
select d.path from json_array_elements_text($2::json) as t (path)
join signalbox.dataset_version d on d.environment = $1 and d.path = t.path`,
};

interface SuccessRow {
  readonly component: string;
  readonly componentRunId: string;
  readonly finishedAt: Date;
  readonly output: Json;
  readonly outputDigest: string;
  readonly fingerprint: string;
  readonly upstreamDigests: Readonly<Record<string, string>> | null;
  readonly fence: number;
  readonly bytes: number;
  readonly skips: number;
  readonly answeredUntil: Date;
}

interface SeenRow {
  readonly component: string;
  readonly fence: number;
  readonly evidence: readonly SourceEvidence[];
  readonly trust: TrustBySource;
}

const DOING = 'tell what the last runs left';

/** Read on the writer's connection, so that a short run needs no second one, and planned like it for key look-ups. */
export function createMemoryStore(session: PatientSession): MemoryStore {
  const read = async <Result>(work: (client: Client) => Promise<Result>): Promise<Result> => {
    try {
      return await session.repeat(DOING, work);
    } catch (error) {
      throw databaseFailure(error, session.place, DOING);
    }
  };
  return {
    lastSuccesses: (scope, components) => read((client) => readLastSuccesses(client, scope, components)),
    slotOutputs: (scope, wanted, upTo) => read((client) => readSlotOutputs(client, scope, wanted, upTo)),
    typicalDurationsMs: (scope) => read((client) => readDurations(client, scope)),
    publishedPaths: (environment, paths) => read((client) => readPublishedPaths(client, environment, paths)),
  };
}

/** Of one instant: only a run that has claimed what it reads is safe from what others do in between. */
function readLastSuccesses(
  client: Client,
  { environment, dag }: Scope,
  components: readonly string[] | undefined,
): Promise<ReadonlyMap<string, LastSuccess>> {
  const values = [environment, dag, components ? toJsonText(components) : null];
  const read = async () => {
    const { rows } = await client.query<SuccessRow>({ ...successesStatement, values });
    if (rows.length === 0) return new Map();
    const seen = await client.query<SeenRow>({ ...seenStatement, values });
    const seenOf = new Map(seen.rows.map((row) => [row.component, row]));
    const versions = await readVersions(client, rows);
    return new Map(
      rows.map((row) => [
        row.component,
        toLastSuccess(row, seenOf.get(row.component), versions.get(row.componentRunId)),
      ]),
    );
  };
  return inTransaction(client, read, 'begin isolation level repeatable read, read only');
}

/** A file has bytes, also one without rows: what published none is not asked for. */
async function readVersions(
  client: Client,
  successes: readonly SuccessRow[],
): Promise<ReadonlyMap<string, readonly DatasetVersion[]>> {
  const versions = new Map<string, DatasetVersion[]>();
  const published = successes.filter(({ bytes }) => bytes > 0).map(({ componentRunId }) => componentRunId);
  if (published.length === 0) return versions;
  const { rows } = await client.query<DatasetVersion>({ ...datasetsStatement, values: [toJsonText(published)] });
  for (const version of rows) {
    const others = versions.get(version.componentRunId);
    if (others) others.push(version);
    else versions.set(version.componentRunId, [version]);
  }
  return versions;
}

/** Evidence counts from the newest success on: what an older one left for a source that is gone does not. */
function toLastSuccess(
  row: SuccessRow,
  seen: SeenRow | undefined,
  datasets: readonly DatasetVersion[] | undefined,
): LastSuccess {
  const counted = seen && seen.fence >= row.fence ? seen : undefined;
  return {
    component: row.component,
    componentRunId: row.componentRunId,
    finishedAt: row.finishedAt,
    output: row.output,
    outputDigest: row.outputDigest,
    fingerprint: row.fingerprint,
    upstreamDigests: row.upstreamDigests ?? {},
    evidence: counted?.evidence ?? [],
    trust: counted?.trust ?? {},
    skips: row.skips,
    datasets: datasets ?? [],
    answeredUntil: row.answeredUntil,
  };
}

async function readSlotOutputs(
  client: Client,
  { environment, dag }: Scope,
  wanted: Parameters<MemoryStore['slotOutputs']>[1],
  upTo: Date,
): Promise<ReadonlyMap<string, Published>> {
  const values = [environment, dag, toJsonText(wanted), upTo];
  const { rows } = await client.query<Published & { component: string }>({ ...slotOutputsStatement, values });
  return new Map(rows.map(({ component, ...published }) => [component, published]));
}

async function readDurations(client: Client, { environment, dag }: Scope): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ component: string; median: number }>({
    ...durationsStatement,
    values: [environment, dag],
  });
  return new Map(rows.map(({ component, median }) => [component, median]));
}

async function readPublishedPaths(
  client: Client,
  environment: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const values = [environment, toJsonText(paths)];
  const { rows } = await client.query<{ path: string }>({ ...pathsStatement, values });
  return new Set(rows.map(({ path }) => path));
}
