import { linkSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './embedded-error.ts';
import { type EmbeddedLayout, socketFile } from './layout.ts';

/** What the server writes about itself into `postmaster.pid`; the order of lines is PostgreSQL's. */
export interface PostmasterFile {
  readonly text: string;
  readonly pid: number;
  /** Absent while the server has only begun to start. */
  readonly socketDir: string | undefined;
  readonly isReady: boolean;
  readonly isAlive: boolean;
}

const SOCKET_LINE = 4;
const STATUS_LINE = 7;

export function readPostmasterFile({ dataDir }: EmbeddedLayout): PostmasterFile | undefined {
  const text = readIfPresent(postmasterPath(dataDir));
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (text === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return {
    text,
    pid,
    socketDir: lines[SOCKET_LINE]?.trim() || undefined,
    isReady: lines[STATUS_LINE]?.trim() === 'ready',
    isAlive: isServerOf(dataDir, pid),
  };
}

/**
 * Removes the file of a dead server whose pid is now another process (or an unreaped zombie): PostgreSQL takes any
 * living pid for its predecessor and refuses to start, which a restarted container meets often. Moving the file away
 * first and looking again keeps a file that another starter has just written.
 */
export function discardStalePostmasterFile(layout: EmbeddedLayout): void {
  const stale = readPostmasterFile(layout);
  if (!stale || stale.isAlive) return;
  const path = postmasterPath(layout.dataDir);
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') === stale.text) discardSocketLock(stale);
    else linkSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function discardSocketLock({ socketDir, pid }: PostmasterFile): void {
  if (!socketDir) return;
  const path = `${socketFile(socketDir)}.lock`;
  if (Number(readIfPresent(path)?.split('\n')[0]) === pid) rmSync(path, { force: true });
}

/** A postmaster works in its data folder, which tells it from a stranger that was given the same pid later. */
function isServerOf(dataDir: string, pid: number): boolean {
  if (process.platform !== 'linux') return isProcess(pid);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? false : isProcess(pid);
  }
}

/** A process we may not signal belongs to another user, so it is not our server. */
function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function postmasterPath(dataDir: string): string {
  return join(dataDir, 'postmaster.pid');
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
