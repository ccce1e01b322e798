import { describe, expect, test, vi } from 'vitest';
import { inStep } from '../../../components/gtfs/in-step.ts';

/** Work that ends when the test says so, and what was made and begun so far. */
function rig(most: number) {
  const log: string[] = [];
  const ends = new Map<string, { resolve(result: string): void; reject(reason: Error): void }>();
  async function* items() {
    for (const item of ['a', 'b', 'c', 'd']) {
      log.push(`made ${item}`);
      yield await Promise.resolve(item);
      if (item === 'c') throw new Error('no more items');
    }
  }
  const work = (item: string) =>
    new Promise<string>((resolve, reject) => {
      log.push(`began ${item}`);
      ends.set(item, { resolve, reject });
    });
  const results = inStep(items(), most, work);
  return { log, results, end: (item: string) => ends.get(item) ?? expect.unreachable(`${item} has not begun`) };
}

/** Long enough for all that waits for nothing but other promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('items are worked on', () => {
  test('so many at once, while the next one is made, with results in their order', async () => {
    const { log, results, end } = rig(2);
    const first = results.next();
    await settled();
    expect(log).toEqual(['made a', 'began a', 'made b', 'began b', 'made c']);
    end('b').resolve('B');
    await settled();
    expect(log).toHaveLength(5);
    end('a').resolve('A');
    expect(await first).toEqual({ value: 'A', done: false });
  });

  test('to their end, when a later one cannot be made', async () => {
    const { results, end } = rig(3);
    const first = results.next().catch((thrown: unknown) => thrown);
    await settled();
    for (const item of ['a', 'c']) end(item).resolve(item);
    end('b').reject(new Error('b has failed'));
    expect(await first).toEqual(new Error('b has failed'));
  });

  test('and the failure of the earliest one is told', async () => {
    const { results, end } = rig(2);
    const first = results.next().catch((thrown: unknown) => thrown);
    await settled();
    const hear = vi.fn();
    void first.then(hear);
    end('a').reject(new Error('a has failed'));
    await settled();
    expect(hear).not.toHaveBeenCalled();
    end('b').reject(new Error('b has failed'));
    expect(await first).toEqual(new Error('a has failed'));
  });
});
