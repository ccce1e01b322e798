import type { Client } from 'pg';
import { toJsonText } from '../json-text.ts';
import type { Statement } from '../session.ts';
import { batch, flushParts, moved } from './flush-parts.ts';
import type { Move } from './move.ts';

/**
 * A whole batch in one statement, hence in one transaction and one commit. Only the rows that `moved` returns are
 * written anywhere, so a refused move leaves no trace. Parts that no move of the batch asks for are left out: starting
 * them for nothing took a sixth of the statement.
 */
function statementFor(moves: readonly Move[]): Statement {
  const parts = flushParts.filter(({ isNeeded }) => moves.some(isNeeded));
  const name = ['signalbox_flush', ...parts.map((part) => part.name)].join('_');
  const known = statements.get(name);
  if (known) return known;
  const tables = [{ name: 'moved', sql: moved }, ...parts].map((table) => `${table.name} as (${table.sql}\n)`);
  const statement = { name, text: `with ${tables.join(', ')}\nselect id from moved` };
  statements.set(name, statement);
  return statement;
}

const statements = new Map<string, Statement>();

/** Records the moves that their rows allow and returns the ids of these rows. */
export async function sendMoves(client: Client, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  return idsOf(client, statementFor(moves), moves);
}

/** Which of these moves are on record as they stand here: asked when nobody heard whether they were committed. */
export async function findRecorded(client: Client, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  return idsOf(client, recordedStatement, moves);
}

const recordedStatement: Statement = {
  name: 'signalbox_recorded',
  text: `
select t.id
from ${batch}
join signalbox.component_run c on c.id = t.id
left join signalbox.attempt a on a.id = coalesce(t.ending ->> 'attemptId', t.start ->> 'attemptId')::uuid
where case
  when t.ending is null then a.id is not null
  when t.ending ->> 'attemptId' is not null then
    a.status = t.ending ->> 'attemptStatus' and a.finished_at = (t.ending ->> 'finishedAt')::timestamptz
  else
    c.status = t.status and c.reason = t.ending ->> 'reason'
    and c.finished_at = (t.ending ->> 'finishedAt')::timestamptz
end`,
};

async function idsOf(client: Client, statement: Statement, moves: readonly Move[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({ ...statement, values: [toJsonText(moves)] });
  return new Set(rows.map(({ id }) => id));
}
