/** A mailbox with one reader: `take` waits until something is there and returns all of it. */
export interface Inbox<Item> {
  readonly put: (item: Item) => void;
  take(): Promise<readonly Item[]>;
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
    async take() {
      if (items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const taken = items;
      items = [];
      return taken;
    },
  };
}
