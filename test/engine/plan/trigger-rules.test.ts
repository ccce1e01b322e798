import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TriggerRule, triggerRules } from '../../../engine/model/component.ts';
import { componentRunStatuses, isEnd } from '../../../engine/model/status.ts';
import { evaluateRule, type UpstreamState } from '../../../engine/plan/trigger-rules.ts';

const scope = { dag: 'transit', environment: 'dev' };

function upstream(state: Partial<UpstreamState>, index = 0): UpstreamState {
  const component = `up-${index}`;
  const plain = { optional: false, status: 'success', isResting: false, satisfiedByLastSuccess: false } as const;
  return { name: component, component, ...plain, ...state };
}

/** One letter an upstream; upper case: optional. */
const letters: Readonly<Record<string, Partial<UpstreamState>>> = {
  s: { status: 'success' },
  u: { status: 'unchanged' },
  f: { status: 'failed' },
  t: { status: 'timed_out' },
  x: { status: 'upstream_failed' },
  c: { status: 'cancelled' },
  k: { status: 'skipped', reason: 'condition' },
  d: { status: 'deferred', reason: 'quota_exhausted' },
  l: { status: 'skipped', reason: 'not_due', isResting: true, satisfiedByLastSuccess: true },
  n: { status: 'skipped', reason: 'not_selected', isResting: true },
};

function word(text: string): UpstreamState[] {
  return text
    .split('')
    .map((letter, index) =>
      upstream({ ...letters[letter.toLowerCase()], optional: letter !== letter.toLowerCase() }, index),
    );
}

function answer(rule: TriggerRule, text: string): string {
  const { met, verdict, reason, degraded } = evaluateRule(rule, word(text), scope);
  return met ? `run${degraded ? ' degraded' : ''}` : `${verdict} ${reason}`;
}

const failed = 'blocked upstream_failed';
const never = 'blocked upstream_never_succeeded';
const skip = 'skip condition';
const deferred = 'skip upstream_deferred';

/** Columns: the upstreams. Rows: the rule. The order of the rules is that of `triggerRules`. */
const table: Readonly<Record<string, readonly string[]>> = {
  '': ['run', 'run', 'run', 'run', 'run', 'run', 'run', 'run'],
  su: ['run', 'run', 'run', skip, 'run', 'run', 'run', 'run'],
  sl: ['run', 'run', 'run', skip, 'run', 'run', 'run', 'run'],
  sf: [failed, 'run', 'run', 'run', failed, failed, 'run', 'run'],
  ut: [failed, 'run', 'run', 'run', failed, failed, 'run', 'run'],
  sx: [failed, 'run', 'run', 'run', failed, failed, 'run', 'run'],
  sc: [failed, 'run', 'run', 'run', failed, failed, 'run', 'run'],
  sk: [skip, 'run', 'run', skip, 'run', 'run', skip, 'run'],
  sd: [deferred, 'run', 'run', skip, 'run', 'run', deferred, 'run'],
  sn: [never, 'run', 'run', skip, 'run', 'run', never, 'run'],
  kk: [skip, 'run', skip, skip, 'run', skip, skip, 'run'],
  nn: [never, 'run', never, skip, 'run', never, never, 'run'],
  ff: [failed, 'run', failed, 'run', failed, failed, 'run', 'run'],
  fk: [failed, 'run', failed, 'run', failed, failed, skip, 'run'],
  fn: [failed, 'run', failed, 'run', failed, failed, never, 'run'],
  sF: [
    'run degraded',
    'run degraded',
    'run degraded',
    'run',
    'run degraded',
    'run degraded',
    'run degraded',
    'run degraded',
  ],
  sN: [
    'run degraded',
    'run degraded',
    'run degraded',
    skip,
    'run degraded',
    'run degraded',
    'run degraded',
    'run degraded',
  ],
  fS: [failed, 'run', 'run', 'run', failed, failed, 'run', 'run'],
  FF: ['run degraded', 'run degraded', skip, 'run', 'run degraded', skip, 'run degraded', 'run degraded'],
};

const cells = Object.entries(table).flatMap(([states, answers]) =>
  triggerRules.map((rule, index) => [rule, states, answers[index] as string] as const),
);

describe('evaluateRule', () => {
  test.each(cells)('%s over `%s`: %s', (rule, states, expected) => {
    expect(answer(rule, states)).toBe(expected);
  });

  test('says what stands in the way before what does not', () => {
    expect(evaluateRule('all_success', word('sfsk'), scope).because).toBe(
      'all_success is not met: 1 failed (up-1), 1 skipped (up-3), 2 succeeded (up-0, up-2)',
    );
    expect(evaluateRule('all_done', word('f'.repeat(7)), scope).because).toBe(
      'all_done is met: 7 failed (up-0, up-1, up-2, up-3, up-4, …)',
    );
  });

  test('names the command that mends an upstream that never succeeded', () => {
    expect(evaluateRule('all_success', word('sn'), scope).because).toBe(
      'all_success is not met: 1 never succeeded (up-1), 1 succeeded (up-0); ' +
        'run `node engine run --dag transit --env dev --component up-1` first',
    );
  });

  test.each([
    ['upstream_deferred', 'upstream_deferred'],
    ['run_timed_out', 'run_timed_out'],
    ['condition', 'condition'],
  ])('an upstream skipped for %s hands that on', (reason, expected) => {
    expect(evaluateRule('all_success', [upstream({ status: 'skipped', reason })], scope).reason).toBe(expected);
  });
});

/** Airflow's own counts (`success`, `skipped`, `failed`, `upstream_failed`, `done`) and comparisons, upstreams not optional. */
function isMetInAirflow(rule: TriggerRule, states: readonly UpstreamState[]): boolean {
  const all = states.length;
  const success = states.filter(
    ({ status, satisfiedByLastSuccess }) => ['success', 'unchanged'].includes(status) || satisfiedByLastSuccess,
  ).length;
  const skipped =
    states.filter(({ status }) => ['skipped', 'deferred'].includes(status)).length -
    states.filter(({ satisfiedByLastSuccess }) => satisfiedByLastSuccess).length;
  const failures = all - success - skipped;
  const rules: Readonly<Record<TriggerRule, boolean>> = {
    all_success: all - success <= 0,
    all_done: true,
    one_success: success > 0,
    one_failed: failures > 0,
    none_failed: all - success - skipped <= 0,
    none_failed_min_one_success: all - success - skipped <= 0 && skipped < all,
    none_skipped: skipped === 0,
    always: true,
  };
  return all === 0 || rules[rule];
}

describe('against a restatement of Airflow', () => {
  const endStatuses = componentRunStatuses.filter(isEnd);
  const state: fc.Arbitrary<UpstreamState> = fc
    .record({
      status: fc.constantFrom(...endStatuses),
      isResting: fc.boolean(),
      satisfiedByLastSuccess: fc.boolean(),
    })
    .map(({ status, isResting, satisfiedByLastSuccess }) => {
      const rests = status === 'skipped' && isResting;
      return upstream({ status, isResting: rests, satisfiedByLastSuccess: rests && satisfiedByLastSuccess });
    });

  test('every rule is met exactly where Airflow starts the task', () => {
    fc.assert(
      fc.property(fc.constantFrom(...triggerRules), fc.array(state, { maxLength: 6 }), (rule, states) => {
        const found = evaluateRule(rule, states, scope);
        expect(found.met).toBe(isMetInAirflow(rule, states));
        expect([found.verdict === 'run', found.reason === 'rule_met', found.degraded]).toEqual([
          found.met,
          found.met,
          false,
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('making an upstream optional never stops a component that would run, but for rules that ask for a failure', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...triggerRules.filter((rule) => rule !== 'one_failed')),
        fc.array(state, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (rule, states, pick) => {
          const chosen = pick % states.length;
          const softened = states.map((each, index) => ({ ...each, optional: index === chosen }));
          if (evaluateRule(rule, states, scope).met) expect(evaluateRule(rule, softened, scope).met).toBe(true);
        },
      ),
    );
  });
});
