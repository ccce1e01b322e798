export interface EmbeddedErrorDetails {
  /** What should have been true, as the rest of a sentence that starts with "expected". */
  readonly expected: string;
  readonly got: string;
  /** What the reader should do next, as a full sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** The embedded server cannot be used, for a reason the user can mend: one message says what, where and what next. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
  readonly hint: string;

  constructor({ expected, got, hint, cause }: EmbeddedErrorDetails) {
    super(`expected ${expected}, got ${got}. ${hint}`, cause === undefined ? {} : { cause });
    this.hint = hint;
  }
}

/** The `code` of a system error or the SQLSTATE of a database error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
