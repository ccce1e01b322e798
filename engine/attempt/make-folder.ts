import { mkdirSync } from 'node:fs';
import { diskFailure } from '../model/disk-failure.ts';

/** With the folders above it; an infra FailureError when the disk refuses. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw diskFailure(reasonFor(path, error), 'make', path);
  }
}

/** On a read-only file system Node looks for what it could not make, and says that it is not there. */
function reasonFor(path: string, said: unknown): unknown {
  if ((said as NodeJS.ErrnoException).code !== 'ENOENT') return said;
  try {
    mkdirSync(path);
  } catch (error) {
    return error;
  }
  return said;
}
