import type { Client } from 'pg';
import type { ClaimAnswer, ClaimRequest, DeadOwner } from '../../engine/model/ports.ts';
import { toJsonText } from '../json-text.ts';
import { inTransaction, type Statement } from '../session.ts';
import { endDeadOwners } from './dead-owners.ts';
import { isHeld } from './held-claim.ts';
import { lockClaims } from './lock-claims.ts';
import { endLostRuns } from './lost-runs.ts';

/**
 * The transition that ends the component run that holds a claim is the release (see `isHeld`). Taking it is when the claim
 * learns what became of its last holder, so that recording a success costs nothing more. What a run that does not advance
 * has done, it is not told: such a holder has no as_of.
 */
const takeStatement: Statement = {
  name: 'signalbox_take_claims',
  text: `
with taken as (
  insert into signalbox.claim as k (environment, dag, component, component_run_id, owner, fence, as_of)
  select $1, $2, t.component, t.id, $3, 1, asking.as_of
  from (
    select case when r.advances then r.as_of end as as_of
    from signalbox.component_run c join signalbox.run r on r.id = c.run_id
    where c.id = ($4::json #>> '{0,id}')::uuid and r.owner = $3 and r.finished_at is null) asking,
    json_to_recordset($4::json) as t (id uuid, component text)
  on conflict (environment, dag, component) do update set
    component_run_id = excluded.component_run_id,
    owner = excluded.owner,
    claimed_at = excluded.claimed_at,
    as_of = excluded.as_of,
    fence = k.fence + (k.component_run_id <> excluded.component_run_id)::integer,
    (last_success, answered_until, skips, recent_wall_ms) = (
      select case when c.status = 'success' and k.as_of is not null then c.id else k.last_success end,
        greatest(k.answered_until, case when c.id is not null then k.as_of end),
        k.skips + coalesce(c.status = 'unchanged', false)::integer,
        case when c.status = 'success'
          then k.recent_wall_ms[greatest(1, cardinality(k.recent_wall_ms) - 18):] || c.wall_ms
          else k.recent_wall_ms end
      from (values (1)) as always
      left join signalbox.component_run c on c.id = k.component_run_id and c.status in ('success', 'unchanged'))
  where k.component_run_id = excluded.component_run_id or not (${isHeld})
  returning k.component, k.fence
)
select json_object_agg(component, fence) as fences from taken`,
};

/** Each claim is looked up by itself (LIMIT forbids the planner to start from the claims, see `flush.ts`). */
const holdersStatement: Statement = {
  name: 'signalbox_claim_holders',
  text: `
select t.component, h.run, h.is_lost
from json_to_recordset($3::json) as t (component text)
cross join lateral (
  select r.id as run, o.retired_at is not null as is_lost
  from signalbox.claim k
  join signalbox.component_run c on c.id = k.component_run_id
  join signalbox.run r on r.id = c.run_id
  join signalbox.owner o on o.id = r.owner
  where k.environment = $1 and k.dag = $2 and k.component = t.component
  limit 1) h`,
};

interface Holder {
  readonly component: string;
  readonly run: string;
  readonly is_lost: boolean;
}

type Wanted = ClaimRequest['wanted'];

/** Rounds of "end the runs of dead owners that are in the way, then take what is free". */
const ROUNDS = 3;

/** Looked at only when something was not free: without it nothing ever will be. */
const ownStatement: Statement = {
  name: 'signalbox_own_run',
  text: `
select from signalbox.component_run c join signalbox.run r on r.id = c.run_id
where c.id = $1 and r.owner = $2 and r.finished_at is null`,
};

/** All or none was asked for, and some are held: rolls the transaction back. */
class Held extends Error {
  readonly heldBy: ReadonlyMap<string, string>;

  constructor(heldBy: ReadonlyMap<string, string>) {
    super('held');
    this.heldBy = heldBy;
  }
}

/**
 * Takes claims that are free, or whose holder's owner is gone. Claimers of one DAG go one after another under an
 * advisory lock: only then does each statement's snapshot show all that was claimed before. Claims that this very
 * component run holds already are answered with the fence they have, so doing it again changes nothing.
 */
export async function claim(client: Client, request: ClaimRequest): Promise<ClaimAnswer> {
  try {
    return await inTransaction(client, () => takeAll(client, request), lockClaims(request));
  } catch (error) {
    if (error instanceof Held) return { fences: new Map(), heldBy: error.heldBy };
    throw error;
  }
}

async function takeAll(client: Client, request: ClaimRequest): Promise<ClaimAnswer> {
  const fences = new Map<string, number>();
  let heldBy = new Map<string, string>();
  const buried: DeadOwner[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const wanted = request.wanted.filter(({ component }) => !fences.has(component));
    await take(client, request, wanted, fences);
    const missing = wanted.filter(({ component }) => !fences.has(component));
    if (missing.length === 0) return { fences, heldBy: new Map(), buried };
    if (!(await isOwn(client, request))) return { fences, heldBy, isTakenOver: true };
    buried.push(...(await endDeadOwners(client)));
    const holders = await findHolders(client, request, missing);
    heldBy = new Map(holders.map(({ component, run }) => [component, run]));
    const lost = holders.filter(({ is_lost }) => is_lost).map(({ run }) => run);
    if (lost.length === 0) break;
    await endLostRuns(client, [...new Set(lost)]);
  }
  if (request.allOrNone) throw new Held(heldBy);
  return { fences, heldBy };
}

async function take(client: Client, request: ClaimRequest, wanted: Wanted, fences: Map<string, number>): Promise<void> {
  const { environment, dag, owner } = request;
  const values = [environment, dag, owner, toJsonText(wanted.map(toRow))];
  const { rows } = await client.query<{ fences: Record<string, number> | null }>({ ...takeStatement, values });
  for (const [component, fence] of Object.entries(rows[0]?.fences ?? {})) fences.set(component, fence);
}

async function isOwn(client: Client, { wanted: [first], owner }: ClaimRequest): Promise<boolean> {
  return (await client.query({ ...ownStatement, values: [first?.componentRunId, owner] })).rowCount === 1;
}

async function findHolders(client: Client, request: ClaimRequest, missing: Wanted): Promise<Holder[]> {
  const { environment, dag } = request;
  const values = [environment, dag, toJsonText(missing.map(toRow))];
  return (await client.query<Holder>({ ...holdersStatement, values })).rows;
}

function toRow({ component, componentRunId }: Wanted[number]) {
  return { id: componentRunId, component };
}
