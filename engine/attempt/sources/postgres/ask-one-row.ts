import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import type { Guard } from '../../../../components/http/guard.ts';
import { FailureError, infraFailure, sourceFailure } from '../../../model/failure.ts';
import type { Json } from '../../../model/json.ts';
import type { NetworkRule } from '../../../model/task.ts';
import { openGuard } from '../../open-guard.ts';

export interface RowRequest {
  /** Logical id and name of the secret, for messages: the URL itself is a secret. */
  readonly source: string;
  readonly secret: string;
  readonly url: string;
  readonly query: string;
  readonly network: NetworkRule;
  readonly signal: AbortSignal;
}

interface Target {
  readonly host: string;
  readonly port: number;
  /** Host and port in the form that the guard reads. */
  readonly shape: URL;
}

const connectMs = 10_000;
const statementMs = 60_000;
/** For a server that does not end its statements itself. */
const clientMs = statementMs + 5_000;

/** Values as PostgreSQL writes them: a Date of JavaScript would drop the microseconds of a watermark. */
const asText = { getTypeParser: () => (text: string) => text };

/** The one row of one statement, read in a transaction that cannot write, as `{ column: text }`. */
export async function askOneRow(request: RowRequest): Promise<Json> {
  const client = await connect(request);
  const stop = () => client.connection.stream.destroy();
  request.signal.addEventListener('abort', stop, { once: true });
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    // The extended protocol takes one statement: nothing can follow that ends this transaction and writes.
    const { rows } = await client.query<Record<string, string | null>>(oneStatement(request.query));
    return oneRow(request.source, rows);
  } catch (error) {
    request.signal.throwIfAborted();
    throw refused(request, error);
  } finally {
    request.signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}

async function connect(request: RowRequest): Promise<Client & { connection: { stream: Socket } }> {
  const { source, secret, url, network } = request;
  const { host, port, shape } = parse(request);
  const guard = openGuard(network);
  guard.checkUrl(shape);
  const [address] = await addressesOf(request, guard, host, port);
  const client = new Client({
    connectionString: url,
    application_name: 'signalbox source',
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: clientMs,
    lock_timeout: connectMs,
    types: asText,
    stream: () => socketTo(address?.address ?? host),
  });
  // A connection that breaks between two queries is told by the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw unreachable(source, secret, cause);
  }
  return client as Client & { connection: { stream: Socket } };
}

/** Connects to the very address that was admitted, whatever the name says a moment later. */
function socketTo(address: string): Socket {
  const socket = new Socket();
  const connectTo = socket.connect.bind(socket);
  return Object.assign(socket, { connect: (port: number) => connectTo(port, address) });
}

async function addressesOf({ source, secret }: RowRequest, guard: Guard, host: string, port: number) {
  try {
    return await guard.resolve(host, port);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw unreachable(source, secret, error);
  }
}

/** The parser's own error carries the URL, password and all, so it is not kept as the cause. */
function parse({ source, secret, url }: RowRequest): Target {
  let parsed: Client | undefined;
  try {
    if (/^postgres(ql)?:\/\//.test(url)) parsed = new Client({ connectionString: url });
  } catch {
    // Told below, without the URL.
  }
  const shape = parsed && shapeOf(parsed);
  if (parsed && shape) return { host: parsed.host, port: parsed.port, shape };
  const expected = 'a URL such as postgres://user:password@host:5432/database';
  const got = parsed?.host.startsWith('/') ? 'one of a socket of this machine' : 'something else';
  throw sourceFailure(`source \`${source}\`: expected ${secret} to hold ${expected}, got ${got}`, { retryable: false });
}

/** Undefined for a socket file, which no rule of the network is about, and for what is no host. */
function shapeOf({ host, port }: Client): URL | undefined {
  const text = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return !host.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined;
}

function oneStatement(text: string): { text: string; queryMode: 'extended' } {
  return { text, queryMode: 'extended' };
}

function oneRow(source: string, rows: readonly Record<string, string | null>[]): Json {
  const [row] = rows;
  if (row && rows.length === 1) return { ...row };
  throw sourceFailure(`source \`${source}\`: expected the query to give one row, got ${rows.length}`, {
    retryable: false,
    hint: 'Ask for aggregates, such as max(updated_at) and count(*).',
  });
}

function refused({ source, secret }: RowRequest, error: unknown): unknown {
  if (error instanceof FailureError) return error;
  if (!(error instanceof DatabaseError)) return unreachable(source, secret, error);
  const message = `source \`${source}\`: expected the query to give one row, got PostgreSQL's ${error.message} (${error.code})`;
  return sourceFailure(message, { details: { code: error.code ?? null } });
}

function unreachable(source: string, secret: string, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  const hint = `See that the server named by ${secret} runs and lets this machine in.`;
  return infraFailure(`source \`${source}\`: could not ask the database: ${code ?? message}`, { hint });
}
