import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createDeadline, waitUntil } from './deadline.ts';
import { EmbeddedError, errorCode } from './embedded-error.ts';
import type { EmbeddedLayout } from './layout.ts';
import type { PlatformPackage } from './platform-package.ts';
import { makePrivateFolder } from './private-folder.ts';
import { runProgram } from './run-program.ts';
import { callAs, type ServerIdentity } from './server-identity.ts';

/** The only role of the embedded server; the folder of its socket is what keeps others out. */
export const SERVER_USER = 'signalbox';

const INITDB_LIMIT_MS = 120_000;

/** Short, since the folder waited for may be a killed process's whose pid is somebody else's now. */
const GIVE_WAY_LIMIT_MS = 10_000;
const INIT_PREFIX = 'data.init-';

/** Locale C orders text the same on every machine; the builtin provider adds upper and lower case beyond ASCII. */
const INITDB_ARGS = [
  `--username=${SERVER_USER}`,
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

export interface DataFolderRequest {
  readonly layout: EmbeddedLayout;
  readonly platformPackage: PlatformPackage;
  readonly identity: ServerIdentity;
  readonly signal?: AbortSignal | undefined;
}

/** The major version that made the data folder, `undefined` when there is none yet. */
export function readDataVersion({ dataDir }: EmbeddedLayout): string | undefined {
  try {
    return readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Makes the data folder under a name of its own and renames it when it is whole: a process killed half-way leaves no
 * folder that looks usable, and of several processes that race here the first to finish wins.
 */
export async function makeDataFolder({ layout, platformPackage, identity, signal }: DataFolderRequest): Promise<void> {
  const fresh = join(layout.databaseDir, `${INIT_PREFIX}${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  makePrivateFolder(fresh, identity);
  if (await isMadeByAnother(layout, signal)) {
    rmSync(fresh, { recursive: true, force: true });
    return;
  }
  const call = callAs(identity, platformPackage.initdb, [`--pgdata=${fresh}`, ...INITDB_ARGS]);
  const { succeeded, complaint } = await runProgram(call, INITDB_LIMIT_MS, signal);
  if (!succeeded) {
    rmSync(fresh, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw initdbFailed(layout, complaint);
  }
  adoptDataFolder(fresh, layout.dataDir);
}

/** Removes what killed processes left of their first boot. */
export function discardAbandonedDataFolders({ databaseDir }: EmbeddedLayout): void {
  for (const { folder, pid } of listInitFolders(databaseDir)) {
    if (!existsProcess(pid)) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Lets the process that is ahead finish: eight first boots at once took seven seconds of two processors. It is only
 * thrift, the rename decides; so a process that has not begun gives way to a lower pid, and two at work both go on.
 */
async function isMadeByAnother(layout: EmbeddedLayout, signal: AbortSignal | undefined): Promise<boolean> {
  const isMade = () => readDataVersion(layout) !== undefined;
  await waitUntil(() => isMade() || !isAnotherAhead(layout), createDeadline(GIVE_WAY_LIMIT_MS, signal), 20);
  return isMade();
}

function isAnotherAhead({ databaseDir }: EmbeddedLayout): boolean {
  return listInitFolders(databaseDir).some(({ folder, pid }) => {
    if (pid === process.pid || !existsProcess(pid)) return false;
    return pid < process.pid || existsSync(join(folder, 'PG_VERSION'));
  });
}

function listInitFolders(databaseDir: string): { folder: string; pid: number }[] {
  return readdirSync(databaseDir)
    .filter((entry) => entry.startsWith(INIT_PREFIX))
    .map((entry) => ({ folder: join(databaseDir, entry), pid: Number(entry.slice(INIT_PREFIX.length)) }));
}

function adoptDataFolder(fresh: string, dataDir: string): void {
  try {
    renameSync(fresh, dataDir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process was first: its folder is as good as ours.
    if (!existsSync(join(dataDir, 'PG_VERSION'))) throw error;
  }
}

function existsProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function initdbFailed(layout: EmbeddedLayout, complaint: string): EmbeddedError {
  return new EmbeddedError({
    expected: `initdb to make the database folder ${layout.dataDir}`,
    got: `this from it:\n${complaint || 'no message'}\n`,
    hint: `Mend that (is ${layout.home} writable, on a disk with 100 MB free?), or set DATABASE_URL.`,
  });
}
