import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type QuotaKey, type QuotaTake, quotaPeriods } from '../../engine/model/quota.ts';
import { newId } from '../../state/new-id.ts';
import { bundleProcess } from '../harness/run-bundle.ts';
import { openAt, useScenario } from './scenario.ts';

const scenario = useScenario();

const now = new Date('2026-03-01T10:00:00Z');
const window = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-03-02T00:00:00Z') };
const tomorrow = { start: window.end, end: new Date('2026-03-03T00:00:00Z') };
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const freshKey = (): QuotaKey => ({ quota: `q-${newId()}`, credential: 'abc', per: 'day' });
const one: QuotaTake = { window, cost: 1, limit: 10, reserve: 3, now };

async function takeMany(key: QuotaKey, take: QuotaTake, times: number): Promise<boolean[]> {
  const granted = [];
  for (let n = 0; n < times; n += 1) granted.push((await scenario().state.quotas.take(key, take)).granted);
  return granted;
}

describe('taking calls', () => {
  it('leaves the reserve to priority calls, and never exceeds the limit', async () => {
    const key = freshKey();
    expect(await takeMany(key, one, 8)).toEqual([...Array<boolean>(7).fill(true), false]);
    expect(await takeMany(key, { ...one, reserve: 0 }, 4)).toEqual([true, true, true, false]);
    expect(await scenario().state.quotas.look(key, window, now)).toEqual({ used: 10 });
  });

  it('takes a costly call whole or not at all', async () => {
    const key = freshKey();
    expect(await takeMany(key, { ...one, reserve: 0, cost: 4 }, 3)).toEqual([true, true, false]);
    expect(await takeMany(key, { ...one, reserve: 0, cost: 2 }, 1)).toEqual([true]);
    expect(await takeMany(freshKey(), { ...one, reserve: 0, cost: 11 }, 1)).toEqual([false]);
  });

  it('counts each window, each credential and each period by itself', async () => {
    const key = freshKey();
    const all = { ...one, limit: 1, reserve: 0 };
    expect(await takeMany(key, all, 2)).toEqual([true, false]);
    expect(await takeMany(key, { ...all, window: tomorrow }, 2)).toEqual([true, false]);
    expect(await takeMany({ ...key, credential: 'other' }, all, 1)).toEqual([true]);
    expect(await takeMany({ ...key, per: 'month' }, all, 1)).toEqual([true]);
    expect(await takeMany(key, all, 1)).toEqual([false]);
  });

  it('gives back what it took for somebody who had gone, and takes nothing for one who has', async () => {
    const { state } = scenario();
    const key = freshKey();
    const leaving = new AbortController();
    const late = state.quotas.take(key, { ...one, over: leaving.signal });
    const behind = state.quotas.take(key, { ...one, over: leaving.signal });
    // The first statement is on its way by then: the connection is its own, and it was asked for before.
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    expect(await late).toMatchObject({ granted: false });
    await expect(behind).rejects.toThrow('nobody waits');
    expect(await state.quotas.look(key, window, now)).toEqual({ used: 0 });
  });

  it('survives a restart', async () => {
    const key = freshKey();
    await takeMany(key, one, 7);
    const other = await openAt(scenario().database);
    onTestFinished(() => other.close());
    expect(await other.quotas.take(key, one)).toMatchObject({ granted: false, count: { used: 7 } });
  });

  it('forgets windows that are long over', async () => {
    const key = freshKey();
    await takeMany(key, one, 1);
    const start = new Date('2026-06-01T00:00:00Z');
    const late = { start, end: new Date('2026-06-02T00:00:00Z') };
    await takeMany(key, { ...one, window: late, now: start }, 1);
    expect(await scenario().state.quotas.look(key, window, now)).toEqual({ used: 0 });
    expect(await scenario().state.quotas.look(key, late, start)).toMatchObject({ used: 1 });
  });

  it('grants eight processes at once exactly the limit', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-quota-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = await bundleProcess(new URL('./fixtures/take-until-refused.ts', import.meta.url), folder);
    const key = freshKey();
    const processes = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, [file, scenario().database.url, key.quota, '200']);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { child, next: async () => String((await lines.next()).value) };
    });
    expect(await Promise.all(processes.map(({ next }) => next()))).toEqual(processes.map(() => 'ready'));
    for (const { child } of processes) child.stdin.write('go\n');
    const got = (await Promise.all(processes.map(({ next }) => next()))).map(Number);
    expect(got.reduce((sum, each) => sum + each, 0)).toBe(200);
    expect(got.filter((each) => each > 0).length).toBeGreaterThan(1);
  });
});

describe('what the service says', () => {
  it('tightens the count and never loosens it', async () => {
    const { quotas } = scenario().state;
    const key = freshKey();
    await quotas.learn(key, { window, now, usedAtLeast: 4, limit: 8 });
    expect(await quotas.look(key, window, now)).toEqual({ used: 4, learnedLimit: 8 });
    await quotas.learn(key, { window, now, usedAtLeast: 2, limit: 100 });
    expect(await quotas.look(key, window, now)).toEqual({ used: 4, learnedLimit: 8 });
    expect(await takeMany(key, one, 2)).toEqual([true, false]);
    expect(await takeMany(key, { ...one, reserve: 0 }, 4)).toEqual([true, true, true, false]);
  });

  it('holds everything back until it resumes, priority calls and later windows as well', async () => {
    const { quotas } = scenario().state;
    const key = freshKey();
    await quotas.learn(key, { window, now, resumeAt: later(20) });
    await quotas.learn(key, { window, now, resumeAt: later(1) });
    const refused = await quotas.take(key, { ...one, reserve: 0 });
    expect(refused).toEqual({ granted: false, count: { used: 0, resumeAt: later(20) } });
    const next = { ...one, window: tomorrow };
    expect((await quotas.take(key, { ...next, now: later(19) })).granted).toBe(false);
    expect((await quotas.take(key, { ...next, now: later(20) })).granted).toBe(true);
  });
});

describe('a change by hand', () => {
  const hand = { window, now, who: 'anna on host', environment: 'dev', details: {} };

  it('sets the count and leaves an audit row', async () => {
    const { quotas, database } = scenario().state;
    const key = freshKey();
    await takeMany(key, one, 2);
    const before = await quotas.change(key, {
      ...hand,
      used: 9,
      forgets: false,
      action: 'quota_set',
      details: { to: 9 },
    });
    expect(before.used).toBe(2);
    expect((await quotas.look(key, window, now)).used).toBe(9);
    const rows = await database.selectFrom('audit').selectAll().where('action', '=', 'quota_set').execute();
    expect(rows).toMatchObject([
      { at: now, who: 'anna on host', environment: 'dev', details: { to: 9, quota: key.quota, credential: 'abc' } },
    ]);
  });

  it('resets what was learned, too', async () => {
    const { quotas } = scenario().state;
    const key = freshKey();
    await quotas.learn(key, { window, now, usedAtLeast: 9, limit: 2, resumeAt: later(48) });
    await quotas.change(key, {
      ...hand,
      window: tomorrow,
      now: later(20),
      used: 0,
      forgets: true,
      action: 'quota_reset',
    });
    expect((await quotas.take(key, { ...one, window: tomorrow, now: later(20) })).granted).toBe(true);
  });
});

describe('the periods', () => {
  it('are those of the model in the database', async () => {
    const [result] = await scenario().state.sql(
      "select pg_get_constraintdef(oid) from pg_constraint where conname = 'quota_usage_per_check'",
    );
    const found = String(result?.rows[0]?.[0]).matchAll(/'([a-z_]+)'::text/g);
    expect([...found].map(([, word]) => word)).toEqual([...quotaPeriods]);
  });
});

describe('any mix of takes and lessons', () => {
  it('grants no more than what was left at the tightest limit so far', async () => {
    const step = fc.record({
      cost: fc.integer({ min: 1, max: 5 }),
      isPriority: fc.boolean(),
      usedAtLeast: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 4 }),
      limit: fc.option(fc.integer({ min: 5, max: 60 }), { nil: undefined, freq: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const key = freshKey();
        const model = { used: 0, limit: 40 };
        for (const { cost, isPriority, usedAtLeast, limit } of steps) {
          const lesson = {
            ...(usedAtLeast === undefined ? {} : { usedAtLeast }),
            ...(limit === undefined ? {} : { limit }),
          };
          await scenario().state.quotas.learn(key, { window, now, ...lesson });
          model.used = Math.max(model.used, usedAtLeast ?? 0);
          model.limit = Math.min(model.limit, limit ?? model.limit);
          const reserve = isPriority ? 0 : 10;
          const { granted } = await scenario().state.quotas.take(key, { ...one, cost, limit: 40, reserve });
          expect(granted).toBe(model.used + cost <= model.limit - reserve);
          if (granted) model.used += cost;
        }
      }),
      { numRuns: 40 },
    );
  });
});
