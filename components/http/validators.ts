import type { PartEvidence, Proof } from 'signalbox';
import { parseHttpDate } from './http-date.ts';

type Headers = Readonly<Record<string, string>>;
type Kept = Pick<PartEvidence, 'etag' | 'lastModified'>;

/**
 * Of the validators of an answer those that may be relied on. An ETag always may, strong or weak: what is compared is what
 * the content says. A date is left out when it cannot be read, and while it is no second older than the answer's own Date:
 * the content may have moved twice within that second (RFC 9110 §8.8.2.2). Without a Date the time of receipt stands in
 * (§6.6.1).
 */
export function validatorsOf(headers: Headers): Pick<PartEvidence, 'etag' | 'lastModified'> {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && isReliable(lastModified, headers.date) && { lastModified }),
  };
}

function isReliable(lastModified: string, date: string | undefined): boolean {
  const modified = parseHttpDate(lastModified);
  const answered = parseHttpDate(date ?? '') ?? Date.now();
  return modified !== undefined && modified <= answered - 1_000;
}

/**
 * Whether an answer's validators say that it is the content that was kept. ETags are compared weakly (RFC 9110 §8.8.3.2) and
 * count before dates. Undefined when there is nothing to compare.
 */
export function vouchForSame(kept: Kept, headers: Headers): boolean | undefined {
  const { etag, lastModified } = validatorsOf(headers);
  if (kept.etag !== undefined && etag !== undefined) return opaque(kept.etag) === opaque(etag);
  if (kept.lastModified !== undefined && lastModified !== undefined) return kept.lastModified === lastModified;
  return undefined;
}

/** What the content says of its validators: whether they vouched for the same, and whether it is the same. */
export function proofOf(vouched: boolean, isSame: boolean): Proof | undefined {
  if (vouched) return isSame ? 'clean' : 'lied';
  return isSame ? 'flapping' : undefined;
}

/** One lie is enough; clean is only what is clean throughout. */
export function proofOfAll(proofs: readonly (Proof | undefined)[]): Proof | undefined {
  if (proofs.includes('lied')) return 'lied';
  if (proofs.includes('flapping')) return 'flapping';
  return proofs.length > 0 && proofs.every((proof) => proof === 'clean') ? 'clean' : undefined;
}

/** Content-Length, where the answer has one that can be read. */
export function lengthOf({ 'content-length': length }: Headers): number | undefined {
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function opaque(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag;
}
