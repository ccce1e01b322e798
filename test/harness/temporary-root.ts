import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY_FOLDER = '/dev/shm';

/** A database of a test takes 40 MB; containers often have 64 MB of shared memory in all. */
const MEMORY_BYTES_MIN = 2 * 1024 ** 3;

/**
 * Where tests put databases: in memory where there is room, since there an fsync costs nothing. On a disk the suite of
 * the embedded server took five times as long, nearly all of it waiting for that.
 */
export function temporaryRoot(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize >= MEMORY_BYTES_MIN ? MEMORY_FOLDER : tmpdir();
  } catch {
    return tmpdir();
  }
}
