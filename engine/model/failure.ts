import type { JsonObject } from './json.ts';

/**
 * Who is to blame, which is all that policy hangs on:
 * `source` what the source sent is wrong, or it refused; `infra` DNS, connection, disk, database; `error` the component
 * threw; `protocol` the child broke the contract with its parent; `timeout`, `oom`, `lost` say themselves; `check` a
 * data-quality check failed; `output` the returned value does not fit the declared schema.
 */
export const failureClasses = [
  'source',
  'infra',
  'error',
  'protocol',
  'timeout',
  'oom',
  'lost',
  'check',
  'output',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/** Why an attempt did not succeed. `message` says expected, got and where; `hint` says what to do next. */
export interface Failure {
  readonly class: FailureClass;
  readonly message: string;
  readonly hint?: string;
  /** Machine-readable facts: status code, byte offset, missing files, exit code. Never a secret. */
  readonly details?: JsonObject;
  readonly stack?: string;
  /** The source's own wish (Retry-After), honoured before the next attempt. */
  readonly retryAfterMs?: number;
  /** False when trying again cannot help, such as a refused credential. */
  readonly retryable?: boolean;
}

export type FailureExtras = Omit<Failure, 'class' | 'message'>;

/** The one exception that components and the http client throw on purpose; the attempt border turns it into its Failure. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** `throw sourceFailure('expected a zip, got HTML', { hint: '…' })` */
export function sourceFailure(message: string, extras: FailureExtras = {}, cause?: unknown): FailureError {
  return new FailureError({ class: 'source', message, ...extras }, { cause });
}

export function infraFailure(message: string, extras: FailureExtras = {}, cause?: unknown): FailureError {
  return new FailureError({ class: 'infra', message, ...extras }, { cause });
}

const retriedClasses: ReadonlySet<FailureClass> = new Set([
  'source',
  'infra',
  'error',
  'timeout',
  'oom',
  'lost',
  'protocol',
]);

/** Failed checks and outputs are facts about the data: trying again without a change gives the same answer. */
export function isRetryable(failure: Failure): boolean {
  return failure.retryable ?? retriedClasses.has(failure.class);
}
