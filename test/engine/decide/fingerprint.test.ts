import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../engine/decide/canonical.ts';
import { fingerprintOf, outputDigestOf } from '../../../engine/decide/fingerprint.ts';
import type { Json } from '../../../engine/model/json.ts';

const part = { digest: 'aaa', sha256: 'f00', bytes: 3, notModified: false };
const inputs = {
  component: { version: '1', params: { b: 1, a: [1, 2] } },
  evidence: [{ source: 'feed', parts: [part] }],
  upstreamDigests: { x: '1', y: '2' },
};

describe('fingerprintOf', () => {
  it('is versioned', () => {
    expect(fingerprintOf(inputs)).toMatch(/^fp:v1:[0-9a-f]{64}$/);
  });

  it('does not depend on the order in which things were declared', () => {
    const turned = {
      ...inputs,
      component: { params: { a: [1, 2], b: 1 }, version: '1' },
      upstreamDigests: { y: '2', x: '1' },
    };
    expect(fingerprintOf(turned)).toBe(fingerprintOf(inputs));
  });

  it('does not depend on validators, sizes or the name of the landed file', () => {
    const other = { ...part, sha256: 'bar', bytes: 9, etag: '"x"', notModified: true };
    expect(fingerprintOf({ ...inputs, evidence: [{ source: 'feed', parts: [other] }] })).toBe(fingerprintOf(inputs));
  });

  it.each([
    ['version', { ...inputs, component: { ...inputs.component, version: '2' } }],
    ['params', { ...inputs, component: { ...inputs.component, params: { b: 1, a: [2, 1] } } }],
    ['content', { ...inputs, evidence: [{ source: 'feed', parts: [{ ...part, digest: 'bbb' }] }] }],
    ['number of parts', { ...inputs, evidence: [{ source: 'feed', parts: [part, part] }] }],
    ['upstream digest', { ...inputs, upstreamDigests: { x: '1', y: '3' } }],
  ])('moves with the %s', (_what, moved) => {
    expect(fingerprintOf(moved)).not.toBe(fingerprintOf(inputs));
  });
});

describe('outputDigestOf', () => {
  it('depends on the value and on the content of each dataset, not on their order', () => {
    const stops = { dataset: 'stops', digest: '1' };
    const trips = { dataset: 'trips', digest: '2' };
    expect(outputDigestOf({ a: 1 }, [stops, trips])).toBe(outputDigestOf({ a: 1 }, [trips, stops]));
    expect(outputDigestOf({ a: 1 }, [stops])).not.toBe(outputDigestOf({ a: 1 }, [stops, trips]));
    expect(outputDigestOf({ a: 1 }, [stops])).not.toBe(outputDigestOf({ a: 2 }, [stops]));
  });
});

describe('canonicalJson', () => {
  it('gives text that parses back to the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
