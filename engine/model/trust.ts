/** What is known of the cheap rung of one source: how often it was put to the test, and how it stood. */
export interface SourceTrust {
  /** Times that the content was found changed. */
  readonly changes: number;
  /** `unchanged` ends for which the content was read: they did not rest on the cheap rung. */
  readonly verified: number;
  /** Times that the cheap rung said that nothing moved and the content was read to see whether that is so. */
  readonly audits: number;
  /** Times that it was not so. */
  readonly lies: number;
  /** Times that the cheap rung moved and the content did not. */
  readonly flaps: number;
  /** Clean audits since the last lie. */
  readonly clean: number;
  /** ISO 8601, UTC. From then on the content decides, until it has told the truth often enough. */
  readonly demotedSince?: string;
}

/** By the source's logical id. */
export type TrustBySource = Readonly<Record<string, SourceTrust>>;

/** What decides whether a source's word is verified this time. */
export interface AuditTerms {
  /** The environment's `auditEvery`. */
  readonly every: number;
  /** `unchanged` ends of the component so far. */
  readonly skips: number;
  readonly trust: TrustBySource;
}
