/** Does one piece of work after another, in the order in which they were asked for. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Once `signal` has aborted nothing begins any more, and whatever fails does so with its reason. */
export function takeTurns(signal: AbortSignal | undefined): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    last = turn.catch(() => undefined);
    return turn.catch((thrown: unknown) => {
      throw signal?.aborted ? signal.reason : thrown;
    });
  };
}
