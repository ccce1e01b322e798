import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Up to here one read is faster than a stream, and does not keep anybody waiting. */
const wholeBytes = 1024 ** 2;

/** sha256 (hex) of a file: of a small one at once, of a large one as it streams by. */
export async function hashFile(path: string, size: number, signal: AbortSignal): Promise<string> {
  if (size <= wholeBytes) return hashNow(path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: wholeBytes }), hash, { signal });
  return hash.digest('hex');
}

function hashNow(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
