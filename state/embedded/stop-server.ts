import { createDeadline, waitUntil } from './deadline.ts';
import { EmbeddedError, errorCode, errorText } from './embedded-error.ts';
import type { EmbeddedLayout } from './layout.ts';
import { readPostmasterFile } from './postmaster-file.ts';

/** The last checkpoint is written meanwhile: on a slow disk that takes seconds. */
const STOP_LIMIT_MS = 30_000;

/** A fast stop, as `pg_ctl -m fast stop` does it: sessions are ended, all committed data is written. */
export async function stopServer(layout: EmbeddedLayout): Promise<void> {
  const server = readPostmasterFile(layout);
  if (!server?.isAlive) return;
  signalServer(server.pid);
  const isGone = () => readPostmasterFile(layout)?.pid !== server.pid;
  if (await waitUntil(isGone, createDeadline(STOP_LIMIT_MS))) return;
  throw new EmbeddedError({
    expected: `the database server (process ${server.pid}) to stop within ${STOP_LIMIT_MS / 1000}s`,
    got: 'a server that is still there',
    hint: `See ${layout.logFile}; \`kill -QUIT ${server.pid}\` ends it at once, and committed data is kept.`,
  });
}

function signalServer(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if (errorCode(cause) === 'ESRCH') return;
    throw new EmbeddedError({
      expected: `to be allowed to stop the database server (process ${pid})`,
      got: errorText(cause),
      hint: 'Run this as the user who started the server.',
      cause,
    });
  }
}
