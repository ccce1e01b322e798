import { createHash, hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Up to here one read is faster than a stream, and does not keep anybody waiting. */
const wholeBytes = 1024 ** 2;

/** sha256 (hex) of a file, as it streams by. */
export async function hashFile(path: string, size: number, signal: AbortSignal): Promise<string> {
  const small = hashSmallFile(path, size);
  if (small !== undefined) return small;
  const digest = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: wholeBytes }), digest, { signal });
  return digest.digest('hex');
}

/** The same at once, of a small file; of a large one undefined. */
export function hashSmallFile(path: string, size: number): string | undefined {
  return size <= wholeBytes ? hash('sha256', readFileSync(path), 'hex') : undefined;
}
