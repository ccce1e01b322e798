import { Client, type ClientConfig } from 'pg';
import { defineDag } from 'signalbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseProxy, startDatabaseProxy } from '../harness/database-proxy.ts';
import { drivable } from '../harness/run-drivable.ts';
import { createNapClock } from '../harness/run-naps.ts';
import { openRunRig, type RigRunOptions, type RunRig } from '../harness/run-rig.ts';
import { type Worries, worries } from '../harness/worries.ts';

/** So short that every trouble outlasts them, many times over. */
const deadlines = { connectMs: 300, writeMs: 300, readMs: 300, answerMs: 100, endMs: 50, retryMs: 1, tellMs: 0 };

/** For which a run that is given up waits to have that recorded. */
const abandonMs = 5_000;

let rig: RunRig;
let proxy: DatabaseProxy;
let server: ClientConfig;
let heard: Worries;
let dags = 0;

beforeAll(async () => {
  heard = worries();
  rig = await openRunRig({
    open: async (database) => {
      server = database.config;
      proxy = await startDatabaseProxy(database);
      return { home: '/nowhere', databaseUrl: proxy.url, deadlines, onTrouble: heard.listener };
    },
  });
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await rig?.close();
  await proxy?.close();
});

/** One component at work, on record, of a DAG that no other test uses. */
async function atWork(options: RigRunOptions = {}) {
  const work = drivable('work');
  const after = drivable('after', { dependsOn: { work: work.handle } });
  dags += 1;
  const dag = defineDag({ id: `trouble-${dags}`, components: [work.handle, after.handle] });
  const run = rig.start(dag, options);
  const invocation = await work.next();
  await run.event('attempt_started');
  return { dag, run, work, invocation, after };
}

async function recordedOf(runId: string): Promise<unknown> {
  const [result] = await rig.state.sql(`
    select c.component, c.status, count(a.id), min(a.status) from component_run c
    left join attempt a on a.component_run_id = c.id where c.run_id = '${runId}' group by 1, 2 order by 1`);
  return result?.rows;
}

const endWriters = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'signalbox writer'`;

/** Past the proxy, in one transaction. */
async function onServer(statements: (database: string) => readonly string[]): Promise<void> {
  const client = new Client(server);
  await client.connect();
  for (const statement of ['begin', ...statements(String(server.database)), 'commit']) await client.query(statement);
  await client.end();
}

const allDone = [
  ['after', 'success', 1, 'success'],
  ['work', 'success', 1, 'success'],
];

describe('while the database is away', () => {
  it.each([
    ['stands still', () => proxy.stall()],
    ['is cut off without a word', () => proxy.swallow()],
    ['is down', () => proxy.refuse()],
    ['has no connection to spare', () => proxy.fill()],
  ])('because it %s, what runs goes on, and is recorded once when it is back', async (_, fault) => {
    const { run, invocation, after } = await atWork();
    const [away, back] = [heard.next(/has been away/), heard.next(/is back after/)];
    fault();
    invocation.succeed({ rows: 1 });
    expect(await away).toMatch(/127\.0\.0\.1:\d+\/\S+ has been away for .*, waiting for it to record what happened/);
    proxy.heal();
    (await after.next()).succeed({ rows: 2 });
    const summary = await run.summary;
    expect(await back).toMatch(/is back after \d/);
    expect(summary.status).toBe('success');
    expect(await recordedOf(summary.runId)).toEqual(allDone);
  });

  it('because it takes no writes, the same', async () => {
    const { run, invocation, after } = await atWork();
    const away = heard.next(/read-only transaction/);
    await onServer((name) => [`alter database ${name} set default_transaction_read_only = on`, endWriters]);
    invocation.succeed({ rows: 1 });
    await away;
    await onServer((name) => [
      'set transaction read write',
      `alter database ${name} set default_transaction_read_only = off`,
    ]);
    (await after.next()).succeed({ rows: 2 });
    const summary = await run.summary;
    expect(await recordedOf(summary.runId)).toEqual(allDone);
  });

  it('because the answer to a commit is lost, what was recorded is found', async () => {
    const { run, invocation, after } = await atWork();
    const lost = proxy.loseNextAnswer();
    invocation.succeed({ rows: 1 });
    await lost;
    (await after.next()).succeed({ rows: 2 });
    const summary = await run.summary;
    expect(await recordedOf(summary.runId)).toEqual(allDone);
  });

  it('every question of people returns by its deadline', async () => {
    await rig.state.history.listRuns();
    proxy.swallow();
    await expect(rig.state.history.listRuns()).rejects.toThrow(/timeout/);
  });

  it('a run that is stopped gives up, and its rows are ended when the database is back', async () => {
    const stopping = new AbortController();
    const clock = createNapClock();
    const { dag, run, work, after, invocation } = await atWork({ signal: stopping.signal, ports: { clock } });
    const away = heard.next(/has been away/);
    proxy.refuse();
    invocation.succeed({ rows: 1 });
    await away;
    stopping.abort('cancelled');
    (await clock.nap((ms) => ms === abandonMs)).wake();
    await expect(run.summary).rejects.toMatchObject({ failure: { class: 'infra' } });
    const back = heard.next(/is back/);
    proxy.heal();
    await back;
    const again = rig.start(dag, { noWait: true });
    (await work.next()).succeed();
    (await after.next()).succeed();
    expect(await again.summary).toMatchObject({ status: 'success', heldBy: {} });
  });
});
