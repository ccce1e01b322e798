import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptFailure } from '../../../engine/model/outcome.ts';
import { countTry, noTries, retryDelayMs, retryPolicyOf } from '../../../engine/run/retry.ts';

const policy = { max: 3, delayMs: 1_000, maxDelayMs: 5_000 };

function failed(failure: Partial<AttemptFailure['failure']> = {}, status: AttemptFailure['status'] = 'failed') {
  return { status, failure: { class: 'error', message: 'boom', ...failure }, metrics: { wallMs: 1 } } as const;
}

/** Delays of one failure after another, until there is no next attempt. */
function delaysOf(outcomes: readonly AttemptFailure[], random = 0): (number | undefined)[] {
  let tries = noTries;
  return outcomes.map((outcome) => {
    tries = countTry(tries, outcome.status);
    return retryDelayMs(outcome, tries, policy, () => random);
  });
}

test('half of an exponential delay is fixed, and there are as many retries as the policy says', () => {
  expect(delaysOf(Array.from({ length: 4 }, () => failed()))).toEqual([500, 1_000, 2_000, undefined]);
  expect(
    delaysOf(
      Array.from({ length: 4 }, () => failed()),
      0.999_999,
    ),
  ).toEqual([1_000, 2_000, 4_000, undefined]);
});

test('the delay stays within its bounds, whatever the policy and the dice', () => {
  fc.assert(
    fc.property(
      fc.record({
        max: fc.integer({ min: 1, max: 20 }),
        delayMs: fc.integer({ min: 1, max: 1e7 }),
        maxDelayMs: fc.integer({ min: 1, max: 1e8 }),
      }),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (bounds, spent, random) => {
        fc.pre(spent <= bounds.max);
        const delay = retryDelayMs(failed(), { spent, lostInARow: 0 }, bounds, () => random) ?? -1;
        const whole = Math.min(bounds.delayMs * 2 ** (spent - 1), bounds.maxDelayMs);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(whole / 2));
        expect(delay).toBeLessThanOrEqual(whole);
      },
    ),
    { seed: 5_170 },
  );
});

test('it is never sooner than the source asked for', () => {
  expect(delaysOf([failed({ class: 'source', retryAfterMs: 90_000 }), failed({ retryAfterMs: 1 })])).toEqual([
    90_000, 1_000,
  ]);
});

describe('what does not help to try again is not', () => {
  test.each([
    failed({ class: 'check' }),
    failed({ class: 'output' }),
    failed({ retryable: false }),
    failed({}, 'interrupted'),
    failed({}, 'cancelled'),
  ])('%j', (outcome) => {
    expect(delaysOf([outcome])).toEqual([undefined]);
  });
});

test('a timeout costs a try', () => {
  expect(delaysOf([failed({ class: 'timeout' }, 'timed_out')])).toEqual([500]);
});

test('lost attempts cost none, but three in a row park the component', () => {
  const lost = failed({ class: 'lost' }, 'lost');
  expect(delaysOf([lost, lost, lost])).toEqual([0, 0, undefined]);
  expect(delaysOf([lost, lost, failed(), lost, lost, failed(), failed()])).toEqual([0, 0, 500, 0, 0, 1_000, 2_000]);
});

describe('retryPolicyOf', () => {
  const environment = { max: 1, delayMs: 200, maxDelayMs: 2_000 };

  test.each([
    ['nothing of its own', undefined, environment],
    ['a number of tries keeps the delays of the environment', { max: 5 }, { ...environment, max: 5 }],
    ['a delay beyond the limit raises it', { delayMs: 9_000 }, { max: 1, delayMs: 9_000, maxDelayMs: 9_000 }],
    ['a limit of its own stands', { delayMs: 100, maxDelayMs: 150 }, { max: 1, delayMs: 100, maxDelayMs: 150 }],
  ])('%s', (_name, own, merged) => {
    expect(retryPolicyOf(own, environment)).toEqual(merged);
  });
});
