import { createDeadline, pause } from './deadline.ts';
import type { EmbeddedLayout } from './layout.ts';
import { connectForLock, connectionTo, isPassing, type LockConnection } from './lock-connection.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { stopServer } from './stop-server.ts';

/** Sessions of a process that leaves at the same moment are gone in milliseconds; one that stays is somebody's psql. */
const OTHERS_LEAVE_LIMIT_MS = 1_000;
const OTHERS_POLL_MS = 10;

/** Gives the lock back, and stops the server if this was the last process that used it. */
export async function leaveServer(layout: EmbeddedLayout, held: LockConnection): Promise<void> {
  const lock = held.isBroken ? await reconnect(layout) : held;
  if (!lock) return;
  try {
    if (lock === held) await lock.unshare();
    if ((await lock.tryTakeAlone()) && (await areAllOthersGone(lock))) await stopServer(layout);
  } catch (error) {
    // A cut connection here means that somebody else stopped the server first.
    if (!isPassing(error) && !lock.isBroken) throw error;
  } finally {
    await lock.end();
  }
}

/** A lock that broke is not proof that the server is gone: an administrator may have ended this session only. */
async function reconnect(layout: EmbeddedLayout): Promise<LockConnection | undefined> {
  const socketDir = readPostmasterFile(layout)?.socketDir;
  if (!socketDir) return undefined;
  try {
    return await connectForLock(connectionTo(socketDir));
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

async function areAllOthersGone(lock: LockConnection): Promise<boolean> {
  const deadline = createDeadline(OTHERS_LEAVE_LIMIT_MS);
  for (;;) {
    const others = await lock.countOthers();
    if (others.connected === 0) return true;
    // Somebody is opening: let them have the server.
    if (others.waiting > 0 || deadline.isOver()) return false;
    await pause(OTHERS_POLL_MS, deadline);
  }
}
