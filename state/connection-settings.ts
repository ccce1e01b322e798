import { type ClientConfig, type CustomTypesConfig, types } from 'pg';
import { deadlines as usual } from './deadlines.ts';

/** For our connections only: `types.setTypeParser` would change those of the host application too. */
const columnTypes: CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === types.builtins.INT8 && format !== 'binary' ? safeInteger : types.getTypeParser(oid, format);
  },
};

/** `pg` gives int8 as a string, because a number may not hold it; ours count rows and bytes and always fit. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`expected a whole number of at most 2^53 - 1, got ${text}`);
}

export interface ConnectionLimits {
  /** Shown in pg_stat_activity, behind `signalbox`. */
  readonly role: string;
  /** The server gives a statement up after this; the client a little later, for a server that does not answer. */
  readonly statementMs: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly connectMs?: number;
  /** How much later. */
  readonly answerMs?: number;
  readonly endMs?: number;
}

const IDLE_IN_TRANSACTION_MS = 10_000;
const LOCK_MS = 10_000;
/** A peer that vanished without a word is noticed by the kernel: without this, on Linux after two hours of silence. */
const FIRST_KEEP_ALIVE_MS = 10_000;

/** node-postgres waits for ever on a stalled server unless it is told not to, so every connection is made through here. */
export function withLimits(config: ClientConfig, limits: ConnectionLimits): ClientConfig {
  const { role, statementMs, settings, connectMs = usual.connectMs, answerMs = usual.answerMs } = limits;
  const options = Object.entries(settings ?? {}).map(([name, value]) => `-c ${name}=${value}`);
  return {
    ...config,
    application_name: `signalbox ${role}`,
    types: columnTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: FIRST_KEEP_ALIVE_MS,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + answerMs,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    ...(options.length > 0 ? { options: options.join(' ') } : {}),
  };
}
