import { type ComponentContext, type ComponentHandle, type ComponentOptions, component } from 'signalbox';

/** One call of a drivable component's `run`, which ends when the test says so. */
export interface Invocation {
  readonly context: ComponentContext;
  succeed(output?: unknown): void;
  fail(error: unknown): void;
}

export interface Drivable {
  readonly handle: ComponentHandle;
  /** The next call of `run`: of those the test has not seen yet the oldest, or the next one to come. */
  next(): Promise<Invocation>;
  /** Calls so far. */
  readonly calls: number;
}

/** An inline component whose every call waits for the test, and tells it that it has come. */
export function drivable(
  id: string,
  options: Omit<ComponentOptions, 'id'> & { readonly version?: string } = {},
): Drivable {
  const unseen: Invocation[] = [];
  const waiting: ((invocation: Invocation) => void)[] = [];
  let calls = 0;
  const handle = component({
    ...options,
    id,
    isolation: 'inline',
    run: (context) =>
      new Promise<unknown>((succeed, fail) => {
        calls += 1;
        const invocation = { context: context as ComponentContext, succeed, fail };
        const tester = waiting.shift();
        if (tester) tester(invocation);
        else unseen.push(invocation);
      }),
  });
  return {
    handle,
    next: () => {
      const invocation = unseen.shift();
      return invocation ? Promise.resolve(invocation) : new Promise((resolve) => waiting.push(resolve));
    },
    get calls() {
      return calls;
    },
  };
}
