import { FailureError, infraFailure } from '../engine/model/failure.ts';
import { programName } from '../engine/model/program.ts';
import { EmbeddedError } from './embedded/embedded-error.ts';

/** connection exceptions (class 08), server stopping, crashed, starting, idle for too long (57P), too many connections. */
const LOST_CODES =
  /^(08\w{3}|57P0[1235]|53300|ENOENT|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;
/** Errors that `pg` gives no code. */
const LOST_TEXT = /^(Connection terminated|Query read timeout|timeout expired|Client (was closed|has encountered))/;
/** serialization failure, deadlock, lock not available, statement timeout: the same statement may pass later. */
const PASSING_CODES = new Set(['40001', '40P01', '55P03', '57014', '25P03']);
/** The database's own trouble, which somebody can mend while it is waited for: its disk is full (53100), out of memory. */
const MENDABLE_CODES = /^(53\w{3}|58\w{3})$/;
/** too many connections, of all or of this user or database; starting, stopping, recovering. */
const BUSY_CODES = new Set(['53300', '57P03']);

/** The connection is of no use any more; whether its last statement was committed is unknown. */
export function isConnectionLost(error: unknown): boolean {
  if (LOST_CODES.test(codeOf(error))) return true;
  return error instanceof Error && LOST_TEXT.test(error.message);
}

/** The same statement, or a new connection, may pass later: it is the database that is in trouble. */
export function isWorthRetrying(error: unknown): boolean {
  const code = codeOf(error);
  if (isConnectionLost(error) || isReadOnly(error) || error instanceof EmbeddedError) return true;
  return PASSING_CODES.has(code) || MENDABLE_CODES.test(code);
}

/** Hot standby, or `default_transaction_read_only`: nothing can be recorded now. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006';
}

/** The server is there, and lets nobody in just now. */
export function isBusy(error: unknown): boolean {
  return BUSY_CODES.has(codeOf(error));
}

export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

export function isMissingDatabase(error: unknown): boolean {
  return codeOf(error) === '3D000';
}

/** One clear sentence with the place, never with the URL or the password. */
export function databaseFailure(error: unknown, place: string, doing: string): FailureError {
  if (error instanceof FailureError) return error;
  const got = error instanceof Error ? error.message || codeOf(error) : String(error);
  const code = codeOf(error);
  return infraFailure(
    `expected the database at ${place} to ${doing}, got: ${got}`,
    { ...hintFor(error), details: { place, ...(code ? { code } : {}) } },
    error,
  );
}

/** None for a wrong statement (class 42): the message of the server says all there is. */
function hintFor(error: unknown): { readonly hint?: string } {
  const code = codeOf(error);
  if (code.startsWith('42')) return {};
  if (isMissingDatabase(error)) return { hint: 'Create the database, or name another one in DATABASE_URL.' };
  if (code.startsWith('28')) return { hint: 'Check the user and the password in DATABASE_URL.' };
  if (isReadOnly(error)) return { hint: 'Name the primary in DATABASE_URL, or let this database be written again.' };
  if (code === '53300') return { hint: 'Raise max_connections, or let fewer processes at it: each takes up to four.' };
  if (code === '53100') return { hint: 'The disk of the database is full: free some space there.' };
  if (isConnectionLost(error))
    return { hint: `Check that the server runs and can be reached; \`${programName} db status\` tells.` };
  return { hint: 'See the log of the database server.' };
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
