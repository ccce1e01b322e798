import { describe, expect, it } from 'vitest';
import { createNapClock } from '../../../harness/run-naps.ts';
import { reasonsOf, statusesOf } from '../../../harness/run-rig.ts';
import { asking, dagOf, fixedClock, morning, useQuotaRig } from './quota-rig.ts';

const quotas = useQuotaRig();

describe('what the service answers', () => {
  it('lowers what is left, and stops calls at its own limit', async () => {
    const { origin, some, run, sent } = quotas();
    origin.route('/a', { headers: { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '1' } });
    const before = sent();
    const summary = await run(dagOf(asking('one', 6, { quota: some() })));
    expect(reasonsOf(summary)).toEqual({ one: 'quota_exhausted' });
    expect(sent() - before).toBe(2);
    expect(summary.components[0]?.failure?.message).toContain('5 of 5 calls this day, by what the service said');
  });

  it('never raises the limit of the author', async () => {
    const { origin, some, run, sent } = quotas();
    origin.route('/a', { headers: { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '999' } });
    const before = sent();
    expect(reasonsOf(await run(dagOf(asking('one', 6, { quota: some({ limit: 3 }) }))))).toEqual({
      one: 'quota_exhausted',
    });
    expect(sent() - before).toBe(3);
  });

  it('with 429 and a long Retry-After defers the component until then, in place of trying again', async () => {
    const { origin, some, run } = quotas();
    origin.route('/a', { status: 429, headers: { 'retry-after': '7200' } });
    const summary = await run(dagOf(asking('one', 1, { quota: some(), retries: 3 })));
    expect(reasonsOf(summary)).toEqual({ one: 'quota_exhausted' });
    expect(summary.components[0]?.failure?.message).toContain('is refused by the service');
    expect(summary.components[0]?.failure?.message).toContain('resumes at 2026-03-01 12:00:00Z');
    const next = await run(dagOf(asking('two', 1, { quota: some() })));
    expect(reasonsOf(next)).toEqual({ two: 'quota_exhausted' });
  });

  it('with 429 and a short Retry-After is tried again by the retry', async () => {
    const { origin, some, run } = quotas();
    let answers = 0;
    origin.route('/a', () => {
      answers += 1;
      return answers === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { body: 'a' };
    });
    const clock = createNapClock();
    let now = morning;
    const ports = { clock: { ...clock, now: () => now } };
    const summary = run(dagOf(asking('one', 1, { quota: some(), retries: 1 })), { ports });
    const nap = await clock.nap((ms) => ms >= 1_000 && ms < 5_000);
    now = new Date(now.getTime() + nap.ms);
    nap.wake();
    expect(statusesOf(await summary)).toEqual({ one: 'success' });
  });

  it('that is beyond belief is bounded and told as a warning', async () => {
    const { origin, name, some, run } = quotas();
    origin.route('/a', {
      headers: { 'x-ratelimit-limit': '-3', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' },
    });
    const summary = await run(dagOf(asking('one', 1, { quota: some() })));
    const warnings = summary.components[0]?.warnings.map(({ message }) => message);
    expect(warnings).toEqual([
      `quota ${name}: x-ratelimit-limit \`-3\` could not be read`,
      expect.stringMatching(/the reset of the limit is \d+ hours ahead, taken for 48/),
    ]);
    const after = new Date('2026-03-03T10:00:01Z');
    origin.route('/a', { body: 'a' });
    const next = await run(dagOf(asking('two', 1, { quota: some() })), {
      ports: { clock: { ...fixedClock, now: () => after } },
    });
    expect(statusesOf(next)).toEqual({ two: 'success' });
  });
});
