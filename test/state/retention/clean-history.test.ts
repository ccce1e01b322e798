import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../state/invariants/check-invariants.ts';
import { type CleanRequest, countOld, removeOld } from '../../../state/retention/clean-history.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { openRunRig, type RunRig, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;
let origin: Origin;
let client: Client;
let body = 'first';

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startOrigin();
  origin.route('/feed', () => ({ body }));
  client = new Client({ connectionString: rig.databaseUrl });
  await client.connect();
  await client.query('set search_path to signalbox');
});
afterAll(async () => {
  await client.end();
  await rig.close();
  await origin.close();
});

/** `feed` publishes what its source says, `report` is made from that; `blind` runs each time, and fails every first try. */
function dagOf(id: string) {
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    sources: ({ baseUrl }) => [{ kind: 'http', id: 'feed', request: { url: `${baseUrl}/feed` } }],
    run: async (context) => {
      const { parts } = await context.source('feed');
      const sql = await context.sql();
      await sql.stage(`rows_of_${id}`, `SELECT content FROM read_text('${parts[0]?.path}')`);
      return null;
    },
  });
  const report = component({ id: 'report', isolation: 'inline', dependsOn: { feed }, run: async () => 'fine' });
  const blind = component({
    id: 'blind',
    isolation: 'inline',
    retries: { max: 1, delay: '1ms', maxDelay: '1ms' },
    run: async ({ attempt }) => {
      if (attempt === 1) throw new Error('not yet');
      return null;
    },
  });
  return defineDag({ id, components: [feed, report, blind] });
}

async function run(id: string) {
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  return statusesOf(await rig.run(dagOf(id), { origin: { baseUrl: origin.url, network } }));
}

const days = (count: number) => new Date(Date.now() - count * 86_400_000);

/** As if all that is on record were forty days older. */
async function age() {
  await client.query(`update run set started_at = started_at - interval '40 days', as_of = as_of - interval '40 days',
    finished_at = finished_at - interval '40 days'`);
  await client.query(`update dataset_version set published_at = published_at - interval '40 days'`);
}

const request = (extras: Partial<CleanRequest> = {}): CleanRequest => ({
  environment: 'sandbox',
  before: days(30),
  versionsBefore: undefined,
  who: 'somebody',
  at: new Date(),
  ...extras,
});

async function clean(extras: Partial<CleanRequest> = {}) {
  const paths: string[] = [];
  const onPaths = async (gone: readonly string[]) => void paths.push(...gone);
  const foreseen = await countOld(client, request(extras), onPaths);
  paths.length = 0;
  const removed = await removeOld(client, request(extras), onPaths);
  expect(foreseen).toEqual(removed);
  return { removed, paths };
}

const wrong = () =>
  checkInvariants(client, { storage: [{ environment: 'sandbox', storageRoot: rig.storageRoot }], patienceMs: 60_000 });

const count = async (table: string) => Number((await client.query(`select count(*) from ${table}`)).rows[0]?.count);

describe('removing what is old', () => {
  it('spares what later runs decide by: everything is unchanged as before, and all invariants hold', async () => {
    for (let times = 0; times < 4; times += 1) await run('kept');
    await age();
    const { removed, paths } = await clean();
    // Of the first run its successes of feed and report are left, of the third blind's, of the newest all.
    expect(removed).toMatchObject({ component_run: 6, attempt: 4, decision: 6, run: 1 });
    expect(paths).toEqual([]);
    expect(await wrong()).toEqual([]);
    expect(await run('kept')).toEqual({ feed: 'unchanged', report: 'unchanged', blind: 'success' });
    expect(await wrong()).toEqual([]);
    const audit = await client.query(`select who, action, details from audit`);
    expect(audit.rows).toMatchObject([{ who: 'somebody', action: 'db_clean', details: { removed: { run: 1 } } }]);
  });

  it('leaves what is young, and other environments', async () => {
    await run('young');
    const [runs, rows] = [await count('run'), await count('component_run')];
    await clean({ before: days(41) });
    await clean({ before: days(-1), environment: 'prd' });
    expect([await count('run'), await count('component_run')]).toEqual([runs, rows]);
  });

  it('removes superseded versions only when asked to, and never the newest', async () => {
    await run('versions');
    body = 'second';
    await run('versions');
    await age();
    expect((await clean()).paths).toEqual([]);
    const { paths, removed } = await clean({ versionsBefore: days(30) });
    expect(removed).toMatchObject({ dataset_version: 1 });
    expect(paths).toEqual([expect.stringMatching(/^curated\/rows_of_versions\/.*\.parquet$/)]);
    for (const path of paths) {
      expect(existsSync(join(rig.storageRoot, path))).toBe(true);
      rmSync(join(rig.storageRoot, path));
    }
    expect(await wrong()).toEqual([]);
    expect(await run('versions')).toMatchObject({ feed: 'unchanged', report: 'unchanged' });
  });

  it('removes slots with their runs and those that passed, and leaves the open ones and what they wait for', async () => {
    await run('slots');
    await run('slots');
    await age();
    const [, older] = (await client.query(`select id, as_of from run where dag = 'slots' order by id desc`)).rows;
    await client.query(`update run set slot = as_of, trigger = 'scheduled' where id = $1`, [older.id]);
    const insert = `insert into slot (environment, dag, component, slot, status, trigger, reason, run_id)
      values ('sandbox', 'slots', $1, $2, $3, 'scheduled', $4, $5)`;
    await client.query(insert, ['', older.as_of, 'created', null, older.id]);
    await client.query(insert, ['', days(50), 'missed', 'window', null]);
    await client.query(insert, ['report', days(50), 'due', null, null]);
    await client.query(`update run set answers_slots = true where id = $1`, [older.id]);
    expect((await clean()).removed).toMatchObject({ slot: 1 });
    expect(await count(`run where dag = 'slots'`)).toBe(2);
    await client.query(`update slot set status = 'skipped', reason = 'done' where component = 'report'`);
    await client.query(`delete from dataset_version where dag = 'slots'`);
    await client.query(
      `update claim set component_run_id = gen_random_uuid(), last_success = null where dag = 'slots'`,
    );
    await client.query(`delete from source_state where dag = 'slots'`);
    expect((await clean()).removed).toMatchObject({ run: 1, slot: 2 });
    expect(await count(`slot where dag = 'slots'`)).toBe(0);
    expect(await count(`run where dag = 'slots'`)).toBe(1);
  });

  it('removes processes that are gone and made nothing that is left', async () => {
    const owner = await rig.state.owners.register();
    await rig.state.owners.retire(owner);
    await client.query(`update owner set retired_at = now() - interval '40 days' where id = $1`, [owner.id]);
    expect((await clean()).removed).toMatchObject({ owner: 1 });
    expect(await count(`owner where retired_at is null`)).toBe(1);
  });
});
