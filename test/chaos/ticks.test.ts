import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../harness/postgres.ts';
import { bundleProcess } from '../harness/run-bundle.ts';
import type { TickOrder } from './fixtures/ticker.ts';

const dags = ['one', 'two', 'three', 'four', 'five'];
const minutes = 100;
const begin = Date.parse('2026-03-02T12:00:30Z');
const minuteMs = 60_000;

let home: string;
let database: TestDatabase;
let client: Client;
let tickers: Ticker[] = [];

interface Answer {
  readonly runs: readonly string[];
  readonly failed?: string;
}

interface Ticker {
  readonly process: ChildProcess;
  readonly work: TickOrder['work'];
}

beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-chaos-')));
  const program = await bundleProcess(new URL('./fixtures/ticker.ts', import.meta.url), home);
  mkdirSync(join(home, 'data'), { recursive: true });
  database = await createDatabase();
  client = new Client({ ...database.config });
  await client.connect();
  tickers = await Promise.all(
    ['tick', 'tick', 'tick', 'tick', 'due', 'due'].map(async (work) => {
      const child = fork(program, [home, database.url, ...dags], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      await once(child, 'message');
      return { process: child, work: work as TickOrder['work'] };
    }),
  );
});

afterAll(async () => {
  for (const { process: child } of tickers) child.kill('SIGKILL');
  await client.end();
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

async function order({ process: child, work }: Ticker, now: number): Promise<Answer> {
  const answered = once(child, 'message');
  child.send({ work, now: new Date(now).toISOString() } satisfies TickOrder);
  const [answer] = (await answered) as [Answer];
  expect(answer.failed).toBeUndefined();
  return answer;
}

/** In [0, 1), the same in every run of the test: Park and Miller's generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

it('four ticks and two `run --due` under a clock that jumps make one row and at most one run for each of 500 slots', async () => {
  const random = createRandom(20_261_121);
  const jumpMs = () => (random() < 0.3 ? Math.round((random() * 4 - 2) * 60) * minuteMs : 0);
  await Promise.all(tickers.map((ticker) => order(ticker, begin)));
  for (let minute = 10; minute <= minutes; minute += 10) {
    const now = begin + minute * minuteMs;
    // No clock is ahead of the end, so that the slots are those of a hundred minutes.
    const clocks = tickers.map(() => Math.min(now + jumpMs(), begin + minutes * minuteMs));
    await Promise.all(tickers.map((ticker, index) => order(ticker, clocks[index] ?? now)));
  }
  // What one left to another that was at work.
  for (const ticker of tickers) await order(ticker, begin + minutes * minuteMs);

  const { rows: slots } = await client.query<{ dag: string; slots: number; statuses: string[]; runs: number }>(
    `select dag, sum(count)::integer as slots, array_agg(distinct status order by status) as statuses,
       count(run_id)::integer as runs
     from signalbox.slot group by dag order by dag`,
  );
  expect(slots.map(({ dag, slots: count }) => [dag, count])).toEqual(dags.toSorted().map((dag) => [dag, minutes]));
  for (const { statuses } of slots) expect(statuses).not.toContain('due');
  const { rows: silent } = await client.query(
    `select * from signalbox.slot where status <> 'created' and (reason is null or evidence = '{}')`,
  );
  expect(silent).toEqual([]);
  const { rows: twice } = await client.query(
    'select dag, slot, count(*) from signalbox.run where slot is not null group by dag, slot having count(*) > 1',
  );
  expect(twice).toEqual([]);
  const { rows: unmatched } = await client.query(
    `select s.dag, s.slot from signalbox.slot s full join signalbox.run r on r.id = s.run_id
     where (s.status = 'created' and r.slot is distinct from s.slot) or (r.slot is not null and s.run_id is null)`,
  );
  expect(unmatched).toEqual([]);
  const { rows: ended } = await client.query<{ status: string }>('select distinct status from signalbox.run');
  expect(ended).toEqual([{ status: 'success' }]);
  expect(slots.reduce((sum, { runs }) => sum + runs, 0)).toBeGreaterThan(400);
}, 120_000);
