import { createHash } from 'node:crypto';

export interface Measured {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Passes chunks on, and tells at the end what they were. */
export async function* measure(
  source: AsyncIterable<Uint8Array>,
  onEnd: (measured: Measured) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  onEnd({ bytes, sha256: hash.digest('hex') });
}
