import { diskCodeOf, diskHintOf } from '../model/disk-failure.ts';
import { type Failure, FailureError, failureClasses } from '../model/failure.ts';
import { showable } from './showable.ts';

const networkCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);

/** The one net for unknown throws: whatever a component throws becomes a Failure that can be shown and stored. */
export function failureOf(thrown: unknown): Failure {
  return showable(describedBy(thrown));
}

function describedBy(thrown: unknown): Failure {
  if (isFailureError(thrown)) return thrown.failure;
  if (!(thrown instanceof Error)) return { class: 'error', message: `threw ${describe(thrown)}, which is no Error` };
  const errors = withCauses(thrown);
  const message = errors.map((error) => error.message || error.name).join(': ');
  const failure = { message, ...(thrown.stack ? { stack: thrown.stack } : {}) };
  const code = errors.map((error) => diskCodeOf(error) ?? networkCodeOf(error)).find((known) => known !== undefined);
  if (code === undefined) return { class: 'error', ...failure };
  const hint = diskHintOf(code);
  return { class: 'infra', ...failure, ...(hint === undefined ? {} : { hint }), details: { code } };
}

/** A DAG bundle may carry its own copy of FailureError: recognised by shape, not by identity. */
function isFailureError(thrown: unknown): thrown is FailureError {
  if (thrown instanceof FailureError) return true;
  if (!(thrown instanceof Error) || thrown.name !== 'FailureError' || !('failure' in thrown)) return false;
  const failure = Object(thrown.failure) as Partial<Failure>;
  return failureClasses.some((known) => known === failure.class) && typeof failure.message === 'string';
}

function withCauses(error: Error): readonly Error[] {
  const errors = [error];
  for (let cause = error.cause; cause instanceof Error && errors.length <= 5; cause = cause.cause) errors.push(cause);
  return errors;
}

function networkCodeOf({ code }: NodeJS.ErrnoException): string | undefined {
  return code !== undefined && networkCodes.has(code) ? code : undefined;
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
