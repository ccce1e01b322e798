import { readDataVersion } from './data-folder.ts';
import { createDeadline, pause } from './deadline.ts';
import { EmbeddedError, errorText } from './embedded-error.ts';
import type { EmbeddedLayout } from './layout.ts';
import {
  connectForLock,
  connectionTo,
  type EmbeddedConnection,
  isPassing,
  type LockConnection,
} from './lock-connection.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { readLogTail } from './server-log.ts';
import { prepareServer, startServer } from './start-server.ts';

const REACH_LIMIT_MS = 30_000;
const RETRY_MS = 10;

/** Starts that ended with no server there, each after a longer pause: processes of a killed server take a moment to go. */
const FAILED_STARTS_MAX = 5;
const FAILED_START_PAUSE_MS = 100;

export interface ReachedServer {
  readonly connection: EmbeddedConnection;
  readonly lock: LockConnection;
}

/**
 * Connects and shares the lifetime lock, starting the server when there is none. It first tries the socket even of a
 * server that looks dead, since one in another container that shares the folder has no visible process.
 */
export async function reachServer(layout: EmbeddedLayout, signal?: AbortSignal): Promise<ReachedServer> {
  let deadline = createDeadline(REACH_LIMIT_MS, signal);
  let failedStarts = 0;
  let lastError: unknown;
  while (!deadline.isOver()) {
    const server = readPostmasterFile(layout);
    const attempt = server?.socketDir ? await tryToShare(connectionTo(server.socketDir)) : undefined;
    if (attempt && 'lock' in attempt) return attempt;
    lastError = attempt?.error ?? lastError;
    // Not before the attempt: a server this process has just started must get a user, or nobody would stop it.
    signal?.throwIfAborted();
    if (server?.isAlive) {
      await pause(RETRY_MS, deadline);
      continue;
    }
    const isFirstBoot = readDataVersion(layout) === undefined;
    const programs = await prepareServer(layout, signal);
    // initdb has a deadline of its own.
    if (isFirstBoot) deadline = createDeadline(REACH_LIMIT_MS, signal);
    if (await startServer(layout, programs, createDeadline(REACH_LIMIT_MS))) continue;
    if (readPostmasterFile(layout)?.isAlive) continue;
    failedStarts += 1;
    if (failedStarts >= FAILED_STARTS_MAX) throw startFailed(layout);
    await pause(failedStarts * FAILED_START_PAUSE_MS, deadline);
  }
  throw unreachable(layout, lastError);
}

async function tryToShare(connection: EmbeddedConnection): Promise<ReachedServer | { readonly error: unknown }> {
  let lock: LockConnection | undefined;
  try {
    lock = await connectForLock(connection);
    await lock.share();
    return { connection, lock };
  } catch (error) {
    // A session that was let in and then cut is a server that stops.
    const isForNow = isPassing(error) || lock?.isBroken === true;
    await lock?.end();
    if (isForNow) return { error };
    throw refused(connection, error);
  }
}

function refused(connection: EmbeddedConnection, cause: unknown): EmbeddedError {
  return new EmbeddedError({
    expected: `the embedded database at ${connection.host} to let this process in`,
    got: errorText(cause),
    hint: 'Run as the user who started the server, choose another SIGNALBOX_HOME, or set DATABASE_URL.',
    cause,
  });
}

function startFailed(layout: EmbeddedLayout): EmbeddedError {
  return new EmbeddedError({
    expected: `the embedded database of ${layout.dataDir} to start`,
    got: `${FAILED_STARTS_MAX} failed starts; the last lines of ${layout.logFile}:\n${readLogTail(layout.logFile)}\n`,
    hint: 'Mend what the log says, or set DATABASE_URL to another PostgreSQL.',
  });
}

function unreachable(layout: EmbeddedLayout, cause: unknown): EmbeddedError {
  const pid = readPostmasterFile(layout)?.pid;
  const reason = cause === undefined ? 'no answer' : errorText(cause);
  return new EmbeddedError({
    expected: `a connection to the embedded database of ${layout.dataDir} within ${REACH_LIMIT_MS / 1000}s`,
    got: `${reason}; the last lines of ${layout.logFile}:\n${readLogTail(layout.logFile)}\n`,
    hint: pid ? `If it is no longer starting, stop it with \`kill -INT ${pid}\` and try again.` : 'Try again.',
    cause,
  });
}
