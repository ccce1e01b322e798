import { rmSync } from 'node:fs';

/** After something else went wrong, which is what counts. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Told by what went wrong before.
  }
}
