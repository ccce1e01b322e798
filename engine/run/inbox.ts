/** A mailbox with one reader: `take` waits until something is there and returns all of it. */
export interface Inbox<Item> {
  readonly put: (item: Item) => void;
  /** The reader's next `take` rejects. */
  readonly fail: (error: unknown) => void;
  take(): Promise<readonly Item[]>;
}

export function createInbox<Item>(): Inbox<Item> {
  let items: Item[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const awaken = () => {
    wake?.();
    wake = undefined;
  };
  return {
    put(item) {
      items.push(item);
      awaken();
    },
    fail(error) {
      failure ??= { error };
      awaken();
    },
    async take() {
      if (items.length === 0 && !failure) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure.error;
      const taken = items;
      items = [];
      return taken;
    },
  };
}
