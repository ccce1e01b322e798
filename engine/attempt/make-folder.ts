import { mkdirSync } from 'node:fs';
import { diskFailure } from '../model/disk-failure.ts';

/** With the folders above it; an infra FailureError when the disk refuses. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw diskFailure(error, 'make', path);
  }
}
