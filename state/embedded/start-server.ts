import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { discardAbandonedDataFolders, makeDataFolder, readDataVersion } from './data-folder.ts';
import { type Deadline, waitUntil } from './deadline.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { EmbeddedLayout } from './layout.ts';
import { restoreLibraryLinks } from './library-links.ts';
import { findPlatformPackage, type PlatformPackage } from './platform-package.ts';
import { discardStalePostmasterFile, readPostmasterFile } from './postmaster-file.ts';
import { makePrivateFolder } from './private-folder.ts';
import { CHILD_ENVIRONMENT } from './run-program.ts';
import { callAs, chooseIdentity, type ServerIdentity } from './server-identity.ts';
import { openServerLog } from './server-log.ts';
import { serverArguments } from './server-settings.ts';

export interface ServerPrograms {
  readonly platformPackage: PlatformPackage;
  readonly identity: ServerIdentity;
}

/** All that must be there before a start, made when absent: libraries, folders, and on the first boot the data. */
export async function prepareServer(layout: EmbeddedLayout, signal?: AbortSignal): Promise<ServerPrograms> {
  const platformPackage = findPlatformPackage();
  restoreLibraryLinks(platformPackage);
  const identity = await chooseIdentity(layout);
  mkdirSync(layout.home, { recursive: true });
  makePrivateFolder(layout.databaseDir, identity);
  makePrivateFolder(layout.socketDir, identity);
  if (readDataVersion(layout) === undefined) await makeDataFolder({ layout, platformPackage, identity, signal });
  requireSameVersion(layout, platformPackage);
  return { platformPackage, identity };
}

/**
 * Starts the server and waits until it takes connections. `false` says only that this start ended first: of several
 * starters at once PostgreSQL lets one win, so the caller looks again before it calls that a failure.
 *
 * It is spawned without pg_ctl, which runs a shell over the paths and polls ten times a second; as in pg_ctl it leads
 * its own session, so a Ctrl-C meant for the engine does not reach it.
 */
export async function startServer(
  layout: EmbeddedLayout,
  programs: ServerPrograms,
  deadline: Deadline,
): Promise<boolean> {
  discardStalePostmasterFile(layout);
  const server = spawnServer(layout, programs);
  let hasEnded = false;
  server.once('error', () => {
    hasEnded = true;
  });
  server.once('exit', () => {
    hasEnded = true;
  });
  const isReady = () => readPostmasterFile(layout)?.isReady === true;
  await waitUntil(() => hasEnded || isReady(), deadline);
  if (hasEnded || !isReady()) return false;
  discardAbandonedDataFolders(layout);
  return true;
}

function spawnServer(layout: EmbeddedLayout, { platformPackage, identity }: ServerPrograms): ChildProcess {
  const serverArgs = serverArguments(layout.dataDir, layout.socketDir);
  const { file, args, ...owner } = callAs(identity, platformPackage.postgres, serverArgs);
  const log = openServerLog(layout.logFile);
  try {
    const server = spawn(file, args, {
      ...owner,
      cwd: '/',
      env: CHILD_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    });
    server.unref();
    return server;
  } finally {
    closeSync(log);
  }
}

function requireSameVersion(layout: EmbeddedLayout, { name, version }: PlatformPackage): void {
  const dataVersion = readDataVersion(layout);
  const programVersion = version.split('.')[0];
  if (dataVersion === programVersion) return;
  throw new EmbeddedError({
    expected: `the database folder ${layout.dataDir} to be of PostgreSQL ${programVersion}, the version of ${name}`,
    got: `PostgreSQL ${dataVersion ?? 'nothing'}`,
    hint: 'Install the release of Signalbox that made it, or move the folder away to begin anew.',
  });
}
