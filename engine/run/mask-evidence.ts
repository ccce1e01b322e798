import type { SourceEvidence } from '../model/evidence.ts';
import type { Mask } from './mask.ts';

/** Validators may be values that the author's own functions gave. What decides are digests, taken of them as they were. */
export function maskEvidence(evidence: readonly SourceEvidence[], mask: Mask): readonly SourceEvidence[] {
  return evidence.map((source) =>
    source.validator === undefined ? source : { ...source, validator: mask.data(source.validator) },
  );
}
