import type { Client } from 'pg';
import type { Shape } from './shape.ts';

/** What the database says of the runs of one shape, asked when all of them are over. */
export interface Proof {
  readonly runs: number;
  readonly terminalRowsPerNode: string;
  readonly edges: number;
  readonly edgesStartedTooEarly: number;
  readonly rowsPerComponent: number;
}

/**
 * Counts the rows, and holds the start of every component against the end of each of its upstreams. Both are transactions
 * of one connection, which numbers them in the order in which it commits them: `begun_xid` is the one that inserted the
 * attempt, `xmin` the one that wrote the component run's last state. So a child whose number is higher than its parent's
 * was recorded after the parent's end was committed.
 */
export async function prove(client: Client, schema: string, shape: Shape, runIds: readonly string[]): Promise<Proof> {
  await client.query(
    `set enable_hashjoin = on; set enable_seqscan = on; analyze ${schema}.component_run, ${schema}.attempt`,
  );
  const counted = await client.query<{ total: number; terminal: number; named: number }>(
    `select count(*)::int as total, count(finished_at)::int as terminal, count(distinct (run_id, component))::int as named
     from ${schema}.component_run where run_id = any ($1)`,
    [runIds],
  );
  const { total = 0, terminal = 0, named = 0 } = counted.rows[0] ?? {};
  const expected = shape.nodes.length * runIds.length;
  const isExact = total === expected && terminal === expected && named === expected;
  const parents = shape.nodes.flatMap(({ upstreams }) => upstreams);
  const children = shape.nodes.flatMap(({ id, upstreams }) => upstreams.map(() => id));
  const edges = await client.query<{ edges: number; early: number }>(
    `select count(*)::int as edges,
       (count(*) filter (where a.begun_xid::text::bigint <= p.xmin::text::bigint))::int as early
     from unnest($2::text[], $3::text[]) as e (parent, child)
     join ${schema}.component_run p on p.component = e.parent and p.run_id = any ($1)
     join ${schema}.component_run c on c.component = e.child and c.run_id = p.run_id
     join ${schema}.attempt a on a.component_run_id = c.id and a.number = 1`,
    [runIds, parents, children],
  );
  return {
    runs: runIds.length,
    terminalRowsPerNode: isExact ? '1' : `${terminal} of ${expected}`,
    edges: edges.rows[0]?.edges ?? 0,
    edgesStartedTooEarly: edges.rows[0]?.early ?? -1,
    rowsPerComponent: (await countRows(client, schema, runIds)) / expected,
  };
}

/** The claim of a component is one row, however many runs have held it. */
async function countRows(client: Client, schema: string, runIds: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ rows: number }>(
    `select (count(*) + count(a.id) + count(d.component_run_id) + count(k.component))::int as rows
     from ${schema}.component_run c
     left join ${schema}.attempt a on a.component_run_id = c.id
     left join ${schema}.decision d on d.component_run_id = c.id
     left join ${schema}.claim k on k.environment = c.environment and k.dag = c.dag and k.component = c.component
     where c.run_id = any ($1)`,
    [runIds],
  );
  return rows[0]?.rows ?? 0;
}

/** The number that the next writing transaction will get: its growth counts commits, without making one. */
export async function nextTransaction(client: Client): Promise<number> {
  const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  return Number(rows[0]?.next);
}
