import type { Client } from 'pg';

/** A table of ours as the database has it. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of its primary key: the order of its rows in a copy. */
  readonly key: readonly string[];
}

/** The migrations that were applied are told by the version of the schema, and laid anew. */
const tablesText = `
select c.relname as name,
  array(select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
  array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality as k (attnum, place)
    join pg_attribute a on a.attnum = k.attnum
    where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.place) as key,
  array(select distinct f.confrelid::regclass::oid::integer from pg_constraint f
    where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as parents,
  c.oid::integer as id
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'signalbox' and c.relkind = 'r' and c.relname <> 'migration' order by c.relname`;

interface TableRow extends TableShape {
  readonly id: number;
  readonly parents: readonly number[];
}

/** Every table of the schema; what others name comes before them. */
export async function readTables(client: Client): Promise<readonly TableShape[]> {
  const { rows } = await client.query<TableRow>(tablesText);
  const placed: TableRow[] = [];
  const left = new Set(rows);
  while (left.size > 0) {
    const next = [...left].find(({ parents }) => !parents.some((id) => [...left].some((other) => other.id === id)));
    if (!next) throw new Error('Internal error: tables name each other in a circle');
    placed.push(next);
    left.delete(next);
  }
  return placed.map(({ name, columns, key }) => ({ name, columns, key }));
}

/** Text that reads the same wherever it is read. */
export const plainText = "set local datestyle = 'ISO'; set local timezone = 'UTC'; set local extra_float_digits = 1";

export function copyOutText({ name, columns, key }: TableShape): string {
  return `copy (select ${list(columns)} from signalbox.${quoted(name)} order by ${list(key)}) to stdout`;
}

export function copyInText({ name, columns }: Pick<TableShape, 'name' | 'columns'>): string {
  return `copy signalbox.${quoted(name)} (${list(columns)}) from stdin`;
}

function list(columns: readonly string[]): string {
  return columns.map(quoted).join(', ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
