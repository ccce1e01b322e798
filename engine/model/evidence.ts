import type { Json } from './json.ts';

/** What one response (one page of a paged source) or one set of files proved about the content behind it. */
export interface PartEvidence {
  /** What the content says, free of host, port, path and clock; the only field that decides `unchanged`. */
  readonly digest: string;
  /** sha256 (hex) of what is kept on disk; names the file under `landing/`. Absent where nothing is kept. */
  readonly sha256?: string;
  readonly bytes: number;
  /** Digest of what was asked, without host and port. Validators are about that: they go with no other request. */
  readonly request?: string;
  readonly etag?: string;
  /** As sent, an HTTP-date, and only where it may be relied on (RFC 9110 §8.8.2.2). */
  readonly lastModified?: string;
  /** Content-Length as sent. */
  readonly length?: number;
  readonly contentType?: string;
  /** True when it was answered in full although its validators had not moved: the next time its headers are asked for first. */
  readonly ignoresConditions?: boolean;
  /** True when the cheap rung said that nothing moved (304, same size and mtime, same count), so the content was not read. */
  readonly notModified: boolean;
}

/**
 * What reading the content showed of validators known from before: `clean` neither moved, `lied` the content moved and
 * they did not, `flapping` they moved and the content did not.
 */
export type Proof = 'clean' | 'lied' | 'flapping';

/** The answer to "has it changed?" for one source of a component. */
export interface SourceEvidence {
  /** The source's logical id, unique within its component. */
  readonly source: string;
  readonly parts: readonly PartEvidence[];
  /** What the cheap rung compares with the next time, where it is not HTTP's: size and mtime, a count, a watermark. */
  readonly validator?: Json;
  /** Absent when the content was not read, when there was nothing to compare it with, or when both moved. */
  readonly proof?: Proof;
  /** True when the content was read to verify the validators: an audit was due, or the source is demoted. */
  readonly audited?: boolean;
}

/** A probe that failed knows nothing, and unknown never means unchanged. */
export type ProbeResult =
  | { readonly known: true; readonly evidence: readonly SourceEvidence[] }
  | { readonly known: false; readonly message: string };

/** True when both speak of the same content, whatever the validators say. */
export function isSameContent(left: SourceEvidence, right: SourceEvidence): boolean {
  return (
    left.parts.length === right.parts.length &&
    left.parts.every((part, index) => part.digest === right.parts[index]?.digest)
  );
}

/** True when the cheap rung answered for all of it. */
export function restsOnValidators({ parts }: SourceEvidence): boolean {
  return parts.length > 0 && parts.every((part) => part.notModified);
}
