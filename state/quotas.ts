import type { Client } from 'pg';
import { infraFailure } from '../engine/model/failure.ts';
import type { QuotaChange, QuotaCount, QuotaKey, QuotaPeriod, QuotaStore, QuotaTake } from '../engine/model/quota.ts';
import { databaseFailure } from './connection-error.ts';
import { toJsonText } from './json-text.ts';
import { newId } from './new-id.ts';
import type { Session, Statement } from './session.ts';

/** What is on record of the window that begins at $4, and since when the service takes no call: as of $5. */
const seen = `
  select coalesce(u.used, 0) as used, u.learned_limit as "learnedLimit", paused.until as "resumeAt"
  from (
    select max(p.resume_at) as until from signalbox.quota_usage p
    where p.quota = $1 and p.credential = $2 and p.per = $3 and p.resume_at > $5) paused
  left join signalbox.quota_usage u
    on u.quota = $1 and u.credential = $2 and u.per = $3 and u.window_start = $4`;

const lookStatement: Statement = { name: 'signalbox_quota_look', text: seen };

/** The limit is in the condition of the update: whoever comes second sees what the first one took, and waits for it. */
const takeStatement: Statement = {
  name: 'signalbox_quota_take',
  text: `
with seen as (${seen}
), taken as (
  insert into signalbox.quota_usage as u
    (quota, credential, per, window_start, window_end, used, updated_at)
  select $1, $2, $3, $4, $6, $7, $5 from seen
  where $7 <= $8::bigint - $9::bigint and seen."resumeAt" is null
  on conflict (quota, credential, per, window_start) do update set
    used = u.used + excluded.used,
    updated_at = excluded.updated_at
  where u.used + excluded.used <= least($8, u.learned_limit) - $9
  returning used, learned_limit
)
select true as granted, used, learned_limit as "learnedLimit", null::timestamptz as "resumeAt"
from taken
union all
select false, seen.* from seen where not exists (select from taken)`,
};

/** Not where somebody has changed the count since: it may then be what the service said. */
const giveBackStatement: Statement = {
  name: 'signalbox_quota_give_back',
  text: `
update signalbox.quota_usage set used = used - $5
where quota = $1 and credential = $2 and per = $3 and window_start = $4 and used = $6`,
};

/** Only ever tightens. */
const learnStatement: Statement = {
  name: 'signalbox_quota_learn',
  text: `
insert into signalbox.quota_usage as u
  (quota, credential, per, window_start, window_end, used, learned_limit, resume_at, updated_at)
values ($1, $2, $3, $4, $6, coalesce($7, 0), $8, $9, $5)
on conflict (quota, credential, per, window_start) do update set
  used = greatest(u.used, excluded.used),
  learned_limit = least(u.learned_limit, excluded.learned_limit),
  resume_at = greatest(u.resume_at, excluded.resume_at),
  updated_at = excluded.updated_at`,
};

const changeStatement: Statement = {
  name: 'signalbox_quota_change',
  text: `
with seen as (${seen}
), changed as (
  insert into signalbox.quota_usage as u (quota, credential, per, window_start, window_end, used, updated_at)
  values ($1, $2, $3, $4, $6, $7, $5)
  on conflict (quota, credential, per, window_start) do update set
    used = excluded.used,
    learned_limit = case when $8 then null else u.learned_limit end,
    resume_at = case when $8 then null else u.resume_at end,
    updated_at = excluded.updated_at
), forgotten as (
  update signalbox.quota_usage set resume_at = null
  where $8 and quota = $1 and credential = $2 and per = $3 and window_start <> $4 and resume_at is not null
), audited as (
  insert into signalbox.audit (id, at, who, environment, action, details)
  values ($9, $5, $10, $11, $12, $13::jsonb)
)
select * from seen`,
};

/** Windows that are over are of no use but to somebody who looks at what happened. */
const dayMs = 86_400_000;
const keptMs: Readonly<Record<QuotaPeriod, number>> = {
  minute: dayMs,
  hour: 7 * dayMs,
  day: 62 * dayMs,
  month: 400 * dayMs,
};

const forgetStatement: Statement = {
  name: 'signalbox_quota_forget',
  text: `
delete from signalbox.quota_usage
where quota = $1 and credential = $2 and per = $3 and window_end < $4 and (resume_at is null or resume_at < $4)`,
};

/** On the writer's connection: one more for the few runs with a quota would be one too many. */
export function createQuotaStore(session: Session): QuotaStore {
  const ask = async <Result>(work: (client: Client) => Promise<Result>): Promise<Result> => {
    try {
      return await session.exclusive(work);
    } catch (error) {
      throw databaseFailure(error, session.place, 'count the calls of a quota');
    }
  };
  return {
    take: (key, take) => ask((client) => takeCalls(client, key, take)),
    look: (key, window, now) =>
      ask((client) => oneCount(client, lookStatement, [...idOf(key), window.start, now]).then(toCount)),
    learn: (key, { window, now, usedAtLeast, limit, resumeAt }) =>
      ask(async (client) => {
        const values = [...idOf(key), window.start, now, window.end, usedAtLeast, limit, resumeAt];
        await client.query({ ...learnStatement, values });
      }),
    change: (key, change) =>
      ask((client) => oneCount(client, changeStatement, changeValues(key, change)).then(toCount)),
  };
}

/**
 * An answer that comes too late is that of calls which nobody makes: they are given back. Where the connection broke under
 * the statement nobody knows whether they were taken, and they stay so: too few calls are made, never too many.
 */
async function takeCalls(client: Client, key: QuotaKey, { window, cost, limit, reserve, now, over }: QuotaTake) {
  if (over?.aborted) throw infraFailure('nobody waits for these calls any more');
  const values = [...idOf(key), window.start, now, window.end, cost, limit, reserve];
  const row = await oneCount(client, takeStatement, values);
  const count = toCount(row);
  if (row.granted && over?.aborted) {
    await client.query({ ...giveBackStatement, values: [...idOf(key), window.start, cost, count.used] });
    return { granted: false, count };
  }
  const isFirst = row.granted && count.used === cost;
  if (isFirst) {
    const before = new Date(now.getTime() - keptMs[key.per]);
    await client.query({ ...forgetStatement, values: [...idOf(key), before] });
  }
  return { granted: row.granted, count };
}

interface CountRow {
  readonly granted: boolean;
  readonly used: number;
  readonly learnedLimit: number | null;
  readonly resumeAt: Date | null;
}

async function oneCount(client: Client, statement: Statement, values: readonly unknown[]): Promise<CountRow> {
  const { rows } = await client.query<CountRow>({ ...statement, values: [...values] });
  if (!rows[0]) throw new Error(`Internal error: ${statement.name} gave no row`);
  return rows[0];
}

function toCount({ used, learnedLimit, resumeAt }: CountRow): QuotaCount {
  return {
    used,
    ...(learnedLimit === null ? {} : { learnedLimit }),
    ...(resumeAt === null ? {} : { resumeAt }),
  };
}

function idOf({ quota, credential, per }: QuotaKey): readonly string[] {
  return [quota, credential, per];
}

function changeValues(key: QuotaKey, change: QuotaChange): readonly unknown[] {
  const { window, now, used, forgets, who, environment, action, details } = change;
  const subject = { quota: key.quota, credential: key.credential, window: window.start.toISOString() };
  const audit = [newId(), who, environment, action, toJsonText({ ...subject, ...details })];
  return [...idOf(key), window.start, now, window.end, used, forgets, ...audit];
}
