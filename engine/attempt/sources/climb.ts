import { proofOf } from '../../../components/http/validators.ts';
import { digestOf } from '../../decide/canonical.ts';
import { isSameContent, type SourceEvidence } from '../../model/evidence.ts';
import type { Json } from '../../model/json.ts';
import type { LandedSource } from '../../model/source.ts';
import type { Asking } from './prober.ts';

/** The two rungs of a source whose validator is a value of its own: a count, a watermark, whatever a function says. */
export interface Rungs {
  readonly validator: () => Promise<Json>;
  /** Reads the content. Absent: the value of the cheap rung is all that can be known. */
  readonly content?: () => Promise<LandedSource>;
  /** What the attempt reads of content that was not read now; undefined when it is no longer there. */
  readonly kept?: (previous: SourceEvidence) => LandedSource | undefined;
}

/** Asks the cheap rung, and the content where that moved, is not to be trusted, or has nothing to be compared with. */
export async function climb(source: string, { validator, content, kept = bodiless }: Rungs, asking: Asking) {
  const { previous, reading } = asking;
  const value = await validator();
  const isSame = previous?.validator !== undefined && digestOf(previous.validator) === digestOf(value);
  if (!content) return valueAlone(source, value, isSame);
  if (isSame && reading === 'validators') {
    const found = kept(previous);
    if (found) return { ...found, evidence: notModified(previous) };
  }
  const read = await content();
  const proof = previous && proofOf(isSame, isSameContent(previous, read.evidence));
  const audited = reading === 'audit' ? { audited: true } : {};
  return { ...read, evidence: { ...read.evidence, validator: value, ...(proof ? { proof } : {}), ...audited } };
}

/** A source without bodies, which is there for as long as anybody asks. */
export function bodiless(evidence: SourceEvidence): LandedSource {
  return { evidence, parts: [] };
}

function valueAlone(source: string, value: Json, isSame: boolean): LandedSource {
  const part = { digest: digestOf(value), bytes: 0, notModified: isSame };
  return bodiless({ source, parts: [part], validator: value });
}

function notModified({ source, parts, validator }: SourceEvidence): SourceEvidence {
  const same = parts.map((part) => ({ ...part, notModified: true }));
  return { source, parts: same, ...(validator === undefined ? {} : { validator }) };
}
