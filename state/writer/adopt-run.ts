import type { Client } from 'pg';
import type { AdoptedComponent, DeadRun } from '../../engine/model/adoption.ts';
import type { DatasetVersion } from '../../engine/model/dataset.ts';
import type { Failure } from '../../engine/model/failure.ts';
import type { Json } from '../../engine/model/json.ts';
import type { QuarantineSummary, Warning } from '../../engine/model/outcome.ts';
import type { Reopening } from '../../engine/model/ports.ts';
import { type AttemptStatus, type ComponentRunStatus, type EndStatus, isEnd } from '../../engine/model/status.ts';
import { datasetColumns } from '../dataset-row.ts';
import { checksOf } from '../decision-checks.ts';
import { inTransaction } from '../session.ts';
import { loseAttempts } from './dead-owners.ts';
import { lockClaims } from './lock-claims.ts';
import type { StoredDecision } from './move.ts';

/** When nobody heard of the commit, that the run is its already is as good. */
const takeText = `
update signalbox.run r set owner = $2 from signalbox.owner o
where r.id = $1 and r.finished_at is null and o.id = r.owner and (o.retired_at is not null or ($3 and r.owner = $2))`;

const fencesText = `
update signalbox.claim k set owner = $2, fence = k.fence + 1
from signalbox.component_run c
where c.run_id = $1 and c.finished_at is null
  and k.environment = c.environment and k.dag = c.dag and k.component = c.component and k.component_run_id = c.id`;

/** Also what began between the death of the engine and now: one that was only stopped may have begun it. */
const loseText = `
with ${loseAttempts('(select id from signalbox.run where id = $1) r', "'its lease ended'")}
select from lost`;

const componentsText = `
select c.id, c.component, c.status, c.reason, c.degraded, c.wall_ms as "wallMs", c.output, c.failure,
  c.output_digest as "outputDigest", to_json(d) as decision, coalesce(made.statuses, '{}') as attempts,
  made.warnings, made.quarantine, to_json(s) as reopening
from signalbox.component_run c
left join lateral (
  select verdict, reason, checks from signalbox.decision where component_run_id = c.id) d on true
left join lateral (
  select array_agg(a.status order by a.number) as statuses,
    (array_agg(a.warnings order by a.number desc))[1] as warnings,
    (array_agg(a.quarantine order by a.number desc))[1] as quarantine
  from signalbox.attempt a where a.component_run_id = c.id) made on true
left join lateral (
  select not_before as "notBefore", deadline from signalbox.slot
  where c.status in ('deferred', 'skipped') and environment = c.environment and dag = c.dag and component = c.component
    and slot = $2 and status = 'due' and evidence ->> 'deferredBy' = c.run_id::text) s on true
where c.run_id = $1
order by c.id`;

const datasetsText = `
select ${datasetColumns}
from signalbox.component_run c join signalbox.dataset_version d on d.component_run_id = c.id
where c.run_id = $1 order by d.dataset`;

/** Under the lock of the claims: nobody takes one in between. */
export function adoptRun(
  client: Client,
  run: DeadRun,
  owner: string,
  isRepeated: boolean,
): Promise<readonly AdoptedComponent[] | undefined> {
  const take = async () => {
    if ((await client.query(takeText, [run.id, owner, isRepeated])).rowCount === 0) return undefined;
    await client.query(fencesText, [run.id, owner]);
    await client.query(loseText, [run.id]);
    return readComponents(client, run);
  };
  return inTransaction(client, take, lockClaims(run));
}

interface ComponentRow {
  readonly id: string;
  readonly component: string;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
  readonly degraded: boolean;
  readonly wallMs: number | null;
  readonly output: Json;
  readonly outputDigest: string | null;
  readonly failure: Failure | null;
  readonly decision: StoredDecision | null;
  readonly attempts: readonly AttemptStatus[];
  readonly warnings: readonly Warning[] | null;
  readonly quarantine: QuarantineSummary | null;
  readonly reopening: { readonly [Key in keyof Reopening]: string } | null;
}

async function readComponents(client: Client, { id, asOf }: DeadRun): Promise<readonly AdoptedComponent[]> {
  const { rows } = await client.query<ComponentRow>(componentsText, [id, asOf]);
  const versions = await client.query<DatasetVersion>(datasetsText, [id]);
  const versionsOf = new Map<string, DatasetVersion[]>(rows.map(({ component }) => [component, []]));
  for (const version of versions.rows) versionsOf.get(version.component)?.push(version);
  return rows.map((row) => toComponent(row, versionsOf.get(row.component) ?? []));
}

function toComponent(row: ComponentRow, datasets: readonly DatasetVersion[]): AdoptedComponent {
  const { id, component, status, attempts, reopening } = row;
  const decision = row.decision && { ...row.decision, checks: checksOf(row.decision.checks) };
  return {
    id,
    component,
    attempts,
    ...(decision && { decision }),
    ...(reopening && {
      reopening: { notBefore: new Date(reopening.notBefore), deadline: new Date(reopening.deadline) },
    }),
    ...(isEnd(status) && { end: { ...endOf(row, status), datasets, ...(decision && { decision }) } }),
  };
}

function endOf({ output, outputDigest, failure, quarantine, ...row }: ComponentRow, status: EndStatus) {
  return {
    component: row.component,
    status,
    reason: row.reason ?? status,
    degraded: row.degraded,
    attempts: row.attempts.length,
    durationMs: row.wallMs ?? 0,
    warnings: row.warnings ?? [],
    ...(outputDigest !== null && { published: { output, outputDigest } }),
    ...(failure && { failure }),
    ...(quarantine && { quarantine }),
  };
}
