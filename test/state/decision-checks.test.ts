import { describe, expect, it } from 'vitest';
import { decide } from '../../engine/decide/decide.ts';
import type { DecisionFacts } from '../../engine/decide/facts.ts';
import { plainChecks } from '../../engine/model/plain-checks.ts';
import { checksOf, storedChecks } from '../../state/decision-checks.ts';

const facts: DecisionFacts = {
  component: { id: 'a', version: '1', params: {}, enabled: true },
  declaresSource: false,
  declaresUpstream: false,
  selected: true,
  forced: false,
  upstreams: { verdict: 'run', reason: 'rule_met', because: 'it has no upstream', statuses: {} },
  upstreamDigests: {},
  missingOutputs: [],
};

describe('checks of a decision as they are stored', () => {
  it('name what has nothing to tell, and hold the rest as it is', () => {
    const decision = decide(facts);
    if (decision === 'probe') throw new Error('expected a decision');
    const stored = storedChecks(decision.checks);
    expect(stored.slice(0, -1)).toEqual(['enabled', 'selected', 'asked_now', 'no_upstream', 'no_quota', 'not_forced']);
    expect(stored.at(-1)).toMatchObject({ check: 'first_run', result: 'decided' });
    expect(checksOf(JSON.parse(JSON.stringify(stored)))).toEqual(decision.checks);
  });

  it('come back as they went in, whatever they say', () => {
    const all = [...Object.values(plainChecks), { ...plainChecks.enabled, because: 'otherwise' }];
    expect(checksOf(storedChecks(all))).toEqual(all);
    expect(storedChecks(all)).toEqual([...Object.keys(plainChecks), all.at(-1)]);
  });
});
