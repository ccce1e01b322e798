/** What one response (one page of a paged source) proved about the content behind it. */
export interface PartEvidence {
  /** What the content says, free of host, port, path and clock; the only field that decides `unchanged`. */
  readonly digest: string;
  /** sha256 (hex) of the body as landed; names the file under `landing/`. */
  readonly sha256: string;
  readonly bytes: number;
  readonly etag?: string;
  /** As sent, an HTTP-date (RFC 9110 §8.8.2). */
  readonly lastModified?: string;
  readonly contentType?: string;
  /** True when the source answered 304 and the kept body stands. */
  readonly notModified: boolean;
}

/** The answer to "has it changed?" for one source of a component. */
export interface SourceEvidence {
  /** The source's logical id, unique within its component. */
  readonly source: string;
  readonly parts: readonly PartEvidence[];
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
