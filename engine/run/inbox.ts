/** A mailbox with one reader. */
export interface Inbox<Item> {
  readonly put: (item: Item) => void;
  /** Resolves when something is there. */
  arrival(): Promise<void>;
  /** All that is there, perhaps nothing. */
  take(): readonly Item[];
}

export function createInbox<Item>(): Inbox<Item> {
  let items: Item[] = [];
  let wake: (() => void) | undefined;
  return {
    put(item) {
      items.push(item);
      wake?.();
      wake = undefined;
    },
    async arrival() {
      if (items.length > 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    take() {
      const taken = items;
      items = [];
      return taken;
    },
  };
}
