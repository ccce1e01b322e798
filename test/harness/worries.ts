/** What was said of troubles, and what still will be. */
export interface Worries {
  readonly listener: (sentence: string) => void;
  readonly sentences: readonly string[];
  /** The next sentence that fits. */
  next(pattern: RegExp): Promise<string>;
}

export function worries(): Worries {
  const sentences: string[] = [];
  const waiting = new Set<{ readonly pattern: RegExp; readonly resolve: (sentence: string) => void }>();
  return {
    sentences,
    listener: (sentence) => {
      sentences.push(sentence);
      for (const waiter of waiting) {
        if (!waiter.pattern.test(sentence)) continue;
        waiting.delete(waiter);
        waiter.resolve(sentence);
      }
    },
    next: (pattern) => new Promise((resolve) => waiting.add({ pattern, resolve })),
  };
}
