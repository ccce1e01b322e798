import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LandedBody } from 'signalbox';

/**
 * sha256 (hex) over the items that `read` finds in a body, in any order: for bodies that also say where or when they were
 * made. A body that cannot be read is told apart by its bytes: the component's run reads it again and says what is wrong.
 */
export async function contentDigest(body: LandedBody, read: (bytes: Uint8Array) => Iterable<unknown>): Promise<string> {
  const bytes = await readFile(body.path);
  try {
    return digestItems(read(bytes));
  } catch {
    return body.sha256;
  }
}

function digestItems(items: Iterable<unknown>): string {
  const hash = createHash('sha256');
  const lines = Array.from(items, (item) => JSON.stringify(item));
  for (const line of lines.toSorted()) hash.update(line).update('\n');
  return hash.digest('hex');
}
