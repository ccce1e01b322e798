import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { isAbsolute, join, parse, resolve } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';

/** Part of the socket's file name only: the server does not listen on TCP. */
export const SOCKET_PORT = 5432;

/** Linux allows 107 bytes and a NUL in a socket path; macOS allows 103, so the smaller is used everywhere. */
const SOCKET_PATH_BYTES_MAX = 103;

export interface EmbeddedLayout {
  readonly home: string;
  readonly databaseDir: string;
  readonly dataDir: string;
  /** Where a server started now puts its socket; a running one tells its own place in postmaster.pid. */
  readonly socketDir: string;
  readonly logFile: string;
}

export function embeddedLayout(home: string): EmbeddedLayout {
  if (!isAbsolute(home) || resolve(home) === parse(home).root) {
    throw new EmbeddedError({
      expected: 'the home of the embedded database to be an absolute folder such as /srv/project/.signalbox',
      got: `"${home}"`,
      hint: 'Set SIGNALBOX_HOME to such a folder.',
    });
  }
  const root = resolve(home);
  const databaseDir = join(root, 'database');
  return {
    home: root,
    databaseDir,
    dataDir: join(databaseDir, 'data'),
    socketDir: chooseSocketDir(root, join(databaseDir, 'run')),
    logFile: join(root, 'logs', 'postgres.log'),
  };
}

export function socketFile(socketDir: string): string {
  return join(socketDir, `.s.PGSQL.${SOCKET_PORT}`);
}

function chooseSocketDir(home: string, preferred: string): string {
  const name = `signalbox-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  const places = [preferred, join(tmpdir(), name)];
  return places.find((place) => Buffer.byteLength(socketFile(place)) <= SOCKET_PATH_BYTES_MAX) ?? join('/tmp', name);
}
