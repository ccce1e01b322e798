import { type Failure, FailureError } from '../model/failure.ts';

const infraCodes: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'EMFILE',
  'ENFILE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);

/** The one net for unknown throws: whatever a component throws becomes a Failure. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  const carried = carriedFailure(thrown);
  if (carried) return carried;
  if (!(thrown instanceof Error)) return { class: 'error', message: `threw ${describe(thrown)}, which is no Error` };
  const code = (thrown as NodeJS.ErrnoException).code;
  const failure = { message: messageWithCauses(thrown), ...(thrown.stack ? { stack: thrown.stack } : {}) };
  if (code === undefined || !infraCodes.has(code)) return { class: 'error', ...failure };
  return { class: 'infra', ...failure, details: { code } };
}

/** A DAG bundle may carry its own copy of FailureError: recognised by shape, not by identity. */
function carriedFailure(thrown: unknown): Failure | undefined {
  const isOurs = thrown instanceof Error && thrown.name === 'FailureError' && 'failure' in thrown;
  return isOurs ? (thrown.failure as Failure) : undefined;
}

function messageWithCauses(error: Error): string {
  const messages = [error.message || error.name];
  let cause = error.cause;
  for (let depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    messages.push(cause.message);
    cause = cause.cause;
  }
  return messages.join(': ');
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
