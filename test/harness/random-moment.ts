import type { RunningEngine } from './engine.ts';

/** Mulberry32: a sequence in [0, 1) that is the same for the same start. */
export function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Resolves when the engine has written so many lines to its standard output, or has ended. */
export function untilLines(engine: RunningEngine, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    engine.process.stdout?.on('data', (text: string | Buffer) => {
      seen += text.toString().split('\n').length - 1;
      if (seen >= count) resolve();
    });
    void engine.exit.then(() => resolve());
  });
}
