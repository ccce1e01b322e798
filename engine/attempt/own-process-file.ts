import { openSync, readSync } from 'node:fs';

const mostBytes = 8_192;

/**
 * Reads a file of /proc/self as text, each time anew. It is opened once, with the first reading: every attempt asks, and
 * opening costs more than reading. Undefined where there is no /proc.
 */
export function ownProcessFile(name: 'stat' | 'status'): () => string | undefined {
  const bytes = Buffer.allocUnsafe(mostBytes);
  let handle: number | undefined;
  return () => {
    try {
      handle ??= openSync(`/proc/self/${name}`, 'r');
      return bytes.toString('latin1', 0, readSync(handle, bytes, 0, mostBytes, 0));
    } catch {
      return undefined;
    }
  };
}
