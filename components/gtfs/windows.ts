import { open } from 'node:fs/promises';

const windowBytes = 4 * 2 ** 20;

export interface WindowOptions {
  /** Where to begin in the file. */
  readonly from: number;
  readonly signal: AbortSignal;
  /**
   * Takes what it can of `bytes` and says how much that was; the rest comes again, with more after it. Must take
   * something once `bytes` is longer than `maxRecordBytes`, and everything when `isLast`. 'stop' ends the reading.
   */
  readonly consume: (bytes: Buffer, isLast: boolean) => number | 'stop' | Promise<number | 'stop'>;
}

/** A record, or a line, that is longer than this is none: something was not closed. Well under one window. */
export const maxRecordBytes = 2 ** 20;

/** Reads a file window by window into one buffer. Resolves when all of it was taken, or at 'stop'. */
export async function readWindows(path: string, { from, signal, consume }: WindowOptions): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(windowBytes);
    let position = from;
    let held = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, held, windowBytes - held, position);
      signal.throwIfAborted();
      position += bytesRead;
      held += bytesRead;
      const isLast = bytesRead === 0;
      const taken = await consume(buffer.subarray(0, held), isLast);
      if (taken === 'stop' || isLast) return;
      buffer.copyWithin(0, taken, held);
      held -= taken;
    }
  } finally {
    await file.close();
  }
}
