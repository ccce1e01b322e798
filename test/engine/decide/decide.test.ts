import { describe, expect, it } from 'vitest';
import { decide } from '../../../engine/decide/decide.ts';
import type { DecisionFacts } from '../../../engine/decide/facts.ts';
import { fingerprintOf } from '../../../engine/decide/fingerprint.ts';
import type { DecisionCheck } from '../../../engine/model/decision.ts';
import type { SourceEvidence } from '../../../engine/model/evidence.ts';
import type { LastSuccess } from '../../../engine/model/ports.ts';

const component = { id: 'stops', version: '1', params: { city: 'Melbourne' }, enabled: true };

function evidence(digest: string, notModified = false): SourceEvidence {
  return { source: 'feed', parts: [{ digest, sha256: digest, bytes: 3, notModified }] };
}

function lastSuccess(overrides: Partial<LastSuccess> = {}): LastSuccess {
  const inputs = { evidence: [evidence('aaa')], upstreamDigests: { schedule: 'one' } };
  return {
    component: 'stops',
    componentRunId: 'run-1',
    finishedAt: new Date('2026-01-01T00:00:00Z'),
    output: null,
    outputDigest: 'out',
    fingerprint: fingerprintOf({ component, ...inputs }),
    datasets: [],
    trust: {},
    skips: 0,
    answeredUntil: new Date('2026-01-01T00:00:00Z'),
    ...inputs,
    ...overrides,
  };
}

const met = { verdict: 'run', reason: 'rule_met', because: 'all_success is met', statuses: {} } as const;

/** Facts under which nothing has moved; each case says what is different. */
function facts(overrides: Partial<DecisionFacts> = {}): DecisionFacts {
  return {
    component,
    declaresSource: true,
    declaresUpstream: true,
    selected: true,
    forced: false,
    upstreams: met,
    upstreamDigests: { schedule: 'one' },
    lastSuccess: lastSuccess(),
    missingOutputs: [],
    probe: { known: true, evidence: [evidence('aaa', true)] },
    ...overrides,
  };
}

function without(key: keyof DecisionFacts, overrides: Partial<DecisionFacts> = {}): DecisionFacts {
  const { [key]: _, ...rest } = facts(overrides);
  return rest as DecisionFacts;
}

const blocked = { verdict: 'blocked', reason: 'upstream_failed', because: '1 failed', statuses: {} } as const;
const handedOn = { verdict: 'skip', reason: 'upstream_deferred', because: '1 skipped', statuses: {} } as const;
const notDue = { due: false, reason: 'not_due', because: 'its newest slot is answered', inputs: {} } as const;
const spent = { available: false, because: '10 of 10 calls are used', inputs: { limit: 10, used: 10 } } as const;
const unknown = { known: false, message: 'connection refused' } as const;

describe('decide', () => {
  const cases: readonly (readonly [string, DecisionFacts, string, string])[] = [
    ['nothing moved', facts(), 'unchanged', 'inputs_unchanged'],
    [
      'disabled, though forced',
      facts({ component: { ...component, enabled: false }, forced: true }),
      'skip',
      'disabled',
    ],
    ['not selected', facts({ selected: false }), 'skip', 'not_selected'],
    ['not due', facts({ due: notDue }), 'skip', 'not_due'],
    ['not due, and an upstream failed', facts({ due: notDue, upstreams: blocked }), 'skip', 'not_due'],
    ['not due, but forced', facts({ due: notDue, forced: true }), 'run', 'forced'],
    [
      'due, and nothing moved',
      facts({ due: { ...notDue, due: true, reason: 'due' } }),
      'unchanged',
      'inputs_unchanged',
    ],
    ['no call is left', facts({ quota: spent }), 'defer', 'quota_exhausted'],
    ['no call is left, though forced', facts({ quota: spent, forced: true }), 'defer', 'quota_exhausted'],
    ['a call is left', facts({ quota: { ...spent, available: true } }), 'unchanged', 'inputs_unchanged'],
    ['an upstream failed', facts({ upstreams: blocked }), 'blocked', 'upstream_failed'],
    ['an upstream failed, though forced', facts({ upstreams: blocked, forced: true }), 'blocked', 'upstream_failed'],
    ['an upstream handed a skip on', facts({ upstreams: handedOn }), 'skip', 'upstream_deferred'],
    ['forced', facts({ forced: true }), 'run', 'forced'],
    ['never succeeded', without('lastSuccess'), 'run', 'first_run'],
    [
      'neither source nor upstream',
      facts({ declaresSource: false, declaresUpstream: false }),
      'run',
      'undeclared_input',
    ],
    ['a file is gone', facts({ missingOutputs: ['curated/stops/a.parquet'] }), 'run', 'output_missing'],
    ['another version', facts({ component: { ...component, version: '2' } }), 'run', 'definition_changed'],
    ['other params', facts({ component: { ...component, params: { city: 'Perth' } } }), 'run', 'definition_changed'],
    ['an upstream has another output', facts({ upstreamDigests: { schedule: 'two' } }), 'run', 'upstream_changed'],
    ['an upstream is new', facts({ upstreamDigests: { schedule: 'one', b: 'x' } }), 'run', 'upstream_changed'],
    ['an upstream is gone', facts({ upstreamDigests: {} }), 'run', 'upstream_changed'],
    ['the probe failed', facts({ probe: unknown }), 'run', 'probe_unknown'],
    ['the source changed', facts({ probe: { known: true, evidence: [evidence('bbb')] } }), 'run', 'source_changed'],
    [
      'the source changed under its old validators',
      facts({ probe: { known: true, evidence: [{ ...evidence('bbb'), proof: 'lied', audited: true }] } }),
      'run',
      'probe_lied',
    ],
    ['a source is gone', facts({ probe: { known: true, evidence: [] } }), 'run', 'source_changed'],
    [
      'a 200 with equal content',
      facts({ probe: { known: true, evidence: [evidence('aaa')] } }),
      'unchanged',
      'inputs_unchanged',
    ],
    ['only upstreams declared', without('probe', { declaresSource: false }), 'unchanged', 'inputs_unchanged'],
  ];

  it.each(cases)('%s', (_name, given, verdict, reason) => {
    expect(decide(given)).toMatchObject({ verdict, reason });
  });

  it('asks for a probe only when everything else has passed', () => {
    expect(decide(without('probe'))).toBe('probe');
    expect(decide(without('probe', { forced: true }))).toMatchObject({ reason: 'forced' });
    expect(decide(without('probe', { missingOutputs: ['x'] }))).toMatchObject({ reason: 'output_missing' });
  });

  it('goes on after the probe from what it asked before', () => {
    const asked: DecisionCheck[] = [];
    expect(decide(without('probe'), asked)).toBe('probe');
    expect(asked.at(-1)?.check).toBe('upstream_outputs');
    expect(decide(facts(), asked)).toEqual(decide(facts()));
  });

  it('names what moved, old and new', () => {
    const decision = decide(facts({ probe: { known: true, evidence: [evidence('bbb')] } }));
    const check = decision === 'probe' ? undefined : decision.checks.at(-1);
    expect(check).toMatchObject({
      check: 'source',
      result: 'decided',
      because: 'the content of feed (aaa → bbb) changed',
    });
    expect(check?.inputs.moved).toEqual({ feed: { old: 'aaa', new: 'bbb' } });
  });

  it.each([
    [
      { audited: true, proof: 'clean' },
      { audited: true },
      /has the same content; feed was read to verify what it says$/,
    ],
    [{ proof: 'flapping' }, { flapping: ['feed'] }, /; feed has validators that move without its content$/],
    [
      { audited: true },
      { audited: true, demoted: ['feed'] },
      /; feed is read each time, because it once denied a change$/,
    ],
  ] as const)('says whether its sources can be believed: %j', (shown, inputs, because) => {
    const counts = { changes: 1, verified: 0, audits: 1, lies: 1, flaps: 0, clean: 0 };
    const trust = 'demoted' in inputs ? { feed: { ...counts, demotedSince: '2026-01-01T00:00:00Z' } } : {};
    const probe = { known: true, evidence: [{ ...evidence('aaa'), ...shown }] } as const;
    const decision = decide(facts({ probe, lastSuccess: lastSuccess({ trust }) }));
    const check = decision === 'probe' ? undefined : decision.checks.at(-1);
    expect(check?.because).toMatch(because);
    expect(check?.inputs).toMatchObject(inputs);
  });

  it('stays small, however many pages a source has', () => {
    const pages = (last: string) => ({
      source: 'feed',
      parts: Array.from({ length: 10_000 }, (_, page) => ({
        digest: page === 9_999 ? last : `${page}`.padStart(64, '0'),
        sha256: 'f'.repeat(64),
        bytes: 1,
        notModified: false,
      })),
    });
    const inputs = { evidence: [pages('old')], upstreamDigests: { schedule: 'one' } };
    const before = lastSuccess({ ...inputs, fingerprint: fingerprintOf({ component, ...inputs }) });
    const given = facts({
      lastSuccess: before,
      probe: { known: true, evidence: [pages('new')] },
    });
    const decision = decide(given);
    expect(decision).toMatchObject({ reason: 'source_changed' });
    expect(JSON.stringify(decision)).toContain('"pages":10000');
    expect(JSON.stringify(decision).length).toBeLessThan(10_000);
  });

  it('keeps every check that was asked, in order, and only the last one decides', () => {
    const decision = decide(facts({ upstreamDigests: { schedule: 'two' } }));
    if (decision === 'probe') throw new Error('expected a decision');
    expect(decision.checks.map(({ check }) => check)).toEqual([
      'enabled',
      'selected',
      'due',
      'upstreams',
      'quota',
      'forced',
      'first_run',
      'declared_input',
      'output_present',
      'definition',
      'upstream_outputs',
    ]);
    expect(decision.checks.filter(({ result }) => result === 'decided')).toHaveLength(1);
    expect(decision.checks.at(-1)?.result).toBe('decided');
  });
});
