/**
 * Works on items in the order in which they come, on at most `most` at once, and makes the next item meanwhile. Yields the results in that
 * order. Throws when nothing is under way any more: of several failures the one of the earliest item.
 */
export async function* inStep<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underway: Promise<Result>[] = [];
  const oldest = async () => {
    const result = await (underway[0] as Promise<Result>);
    void underway.shift();
    return result;
  };
  try {
    for await (const item of items) {
      if (underway.length === most) yield await oldest();
      const result = work(item);
      // Heard in its turn; until then Node would take a failure for one that nobody hears.
      result.catch(() => undefined);
      underway.push(result);
    }
    while (underway.length > 0) yield await oldest();
  } catch (thrown) {
    const failed = (await Promise.allSettled(underway)).find(({ status }) => status === 'rejected');
    throw failed?.status === 'rejected' ? failed.reason : thrown;
  } finally {
    await Promise.allSettled(underway);
  }
}
