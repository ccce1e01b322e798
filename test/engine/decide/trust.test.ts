import { describe, expect, it } from 'vitest';
import { readingOf } from '../../../engine/decide/audit.ts';
import { nextTrust } from '../../../engine/decide/trust.ts';
import type { Proof, SourceEvidence } from '../../../engine/model/evidence.ts';
import type { SourceTrust, TrustBySource } from '../../../engine/model/trust.ts';

const at = new Date('2026-03-01T00:00:00Z');

function evidence(digest: string, extras: { proof?: Proof; audited?: boolean; notModified?: boolean } = {}) {
  const { notModified = false, ...rest } = extras;
  return { source: 'feed', parts: [{ digest, bytes: 1, notModified }], ...rest } satisfies SourceEvidence;
}

/** What is known after a source has shown these, one after another. */
function trustAfter(...shown: readonly SourceEvidence[]): SourceTrust | undefined {
  let trust: TrustBySource = {};
  let before: readonly SourceEvidence[] = [];
  for (const now of shown) {
    trust = nextTrust({ trust, before, now: [now], at });
    before = [now];
  }
  return trust.feed;
}

const first = evidence('a');
const untested = { changes: 0, verified: 0, audits: 0, lies: 0, flaps: 0, clean: 0 };

describe('trust in a source', () => {
  it.each<[string, readonly SourceEvidence[], Partial<SourceTrust>]>([
    ['is not tested by its first content', [first], {}],
    ['is not tested by a skip that rests on a validator', [first, evidence('a', { notModified: true })], {}],
    ['knows its changes', [first, evidence('b'), evidence('c')], { changes: 2 }],
    ['knows the skips for which the content was read', [first, evidence('a')], { verified: 1 }],
    ['knows that validators flap', [first, evidence('a', { proof: 'flapping' })], { verified: 1, flaps: 1 }],
    [
      'grows with a clean audit',
      [first, evidence('a', { proof: 'clean', audited: true })],
      { verified: 1, audits: 1, clean: 1 },
    ],
    ['does not grow because conditions were ignored', [first, evidence('a', { proof: 'clean' })], { verified: 1 }],
    [
      'is lost by a lie, also one that nobody looked for',
      [first, evidence('b', { proof: 'lied' })],
      { changes: 1, audits: 1, lies: 1, demotedSince: at.toISOString() },
    ],
    [
      'begins to come back with each clean audit, and is lost again by the next lie',
      [
        first,
        evidence('b', { proof: 'lied', audited: true }),
        evidence('b', { proof: 'clean', audited: true }),
        evidence('c', { proof: 'lied', audited: true }),
      ],
      { changes: 2, verified: 1, audits: 3, lies: 2, clean: 0, demotedSince: at.toISOString() },
    ],
  ])('%s', (_name, shown, expected) => {
    expect(trustAfter(...shown)).toEqual({ ...untested, ...expected });
  });

  it('is back after ten clean audits', () => {
    const clean = Array.from({ length: 10 }, () => evidence('b', { proof: 'clean', audited: true }));
    const lied = evidence('b', { proof: 'lied' });
    expect(trustAfter(first, lied, ...clean.slice(1))).toHaveProperty('demotedSince');
    expect(trustAfter(first, lied, ...clean)).not.toHaveProperty('demotedSince');
  });

  it('forgets sources that are no longer declared', () => {
    expect(nextTrust({ trust: { gone: untested }, before: [first], now: [first], at })).toEqual({
      feed: { ...untested, verified: 1 },
    });
  });
});

describe('how a source is read', () => {
  const trusted = { feed: untested };
  const readings = (every: number, id = 'feed', component = 'stops') =>
    Array.from({ length: 60 }, (_, skips) => readingOf({ id }, component, { every, skips, trust: trusted }));

  it.each([1, 2, 7, 20])('is audited at every %i-th skip', (every) => {
    const audits = [...readings(every).entries()].flatMap(([skips, reading]) => (reading === 'audit' ? [skips] : []));
    expect(audits[0]).toBeLessThan(every);
    expect(audits.slice(1).every((skips, index) => skips - (audits[index] as number) === every)).toBe(true);
  });

  it('does not begin with all of them in one run', () => {
    const starts = Array.from({ length: 200 }, (_, index) => readings(20, 'feed', `c${index}`).indexOf('audit'));
    const counts = Array.from({ length: 20 }, (_, start) => starts.filter((one) => one === start).length);
    expect(Math.max(...counts)).toBeLessThan(25);
  });

  it('never at 0, and by its own count where it has one', () => {
    expect(new Set(readings(0))).toEqual(new Set(['validators']));
    const terms = { every: 0, skips: 3, trust: {} };
    expect(readingOf({ id: 'feed', auditEvery: 1 }, 'stops', terms)).toBe('audit');
    expect(readingOf({ id: 'feed', auditEvery: 0 }, 'stops', { ...terms, every: 1 })).toBe('validators');
  });

  it('is always by content once it lied, whatever its count', () => {
    const trust = { feed: { ...untested, demotedSince: at.toISOString() } };
    expect(readingOf({ id: 'feed', auditEvery: 0 }, 'stops', { every: 0, skips: 0, trust })).toBe('audit');
  });
});
