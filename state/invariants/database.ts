import type { Client } from 'pg';
import { inTransaction } from '../session.ts';
import { attemptInvariants } from './attempts.ts';
import { claimInvariants } from './claims.ts';
import type { FoundRow, Invariant, Violation } from './invariant.ts';
import { limitInvariants } from './limits.ts';
import { runInvariants } from './runs.ts';
import { slotInvariants } from './slots.ts';

/** Each a named query over schema `signalbox`. */
export const invariants: readonly Invariant[] = [
  ...runInvariants,
  ...attemptInvariants,
  ...claimInvariants,
  ...slotInvariants,
  ...limitInvariants,
];

/** What the database does not know: the settings of the environments lie over what DAGs declare. */
export interface GivenLimits {
  /** By environment: attempts of a run at once, of named DAGs and of those that do not say. */
  readonly concurrency?: Readonly<
    Record<string, { readonly dags: Readonly<Record<string, number>>; readonly other: number }>
  >;
  readonly quotas?: readonly { readonly name: string; readonly per: string; readonly limit: number }[];
}

/** Of each invariant: the rest is counted. */
const told = 20;

export interface DatabaseOptions extends GivenLimits {
  readonly patienceMs: number;
  /** Leave out what is asked of this very moment: whether owners live, and deadlines have passed. */
  readonly onlyLasting?: boolean;
}

/** Looks at one instant of the database and changes nothing. */
export async function checkDatabase(client: Client, options: DatabaseOptions): Promise<readonly Violation[]> {
  const begin = 'begin isolation level repeatable read, read only';
  return await inTransaction(client, () => lookAtDatabase(client, options), begin);
}

/** The same in a transaction that is open. */
export async function lookAtDatabase(
  client: Client,
  { patienceMs, concurrency = {}, quotas = [], onlyLasting = false }: DatabaseOptions,
): Promise<readonly Violation[]> {
  const given = [patienceMs, JSON.stringify(concurrency), JSON.stringify(quotas)];
  const found: Violation[] = [];
  for (const invariant of invariants) {
    if (onlyLasting && invariant.isOfNow) continue;
    found.push(...(await check(client, invariant, given)));
  }
  return found;
}

async function check(client: Client, invariant: Invariant, given: readonly unknown[]): Promise<readonly Violation[]> {
  const text = `
with given as materialized (select $1::double precision as patience_ms, $2::jsonb as concurrency, $3::jsonb as quotas)
select violations.*, count(*) over ()::integer as total from (${invariant.sql}
) violations order by violations.found limit ${told}`;
  const { rows } = await client.query<FoundRow & { readonly total: number }>(text, [...given]);
  const { name, rule } = invariant;
  const more = (rows[0]?.total ?? 0) - rows.length;
  return rows.map((row, index) => ({
    invariant: name,
    rule,
    found: more > 0 && index === rows.length - 1 ? `${row.found}; and ${more} more` : row.found,
    mend: invariant.mend(row),
  }));
}
