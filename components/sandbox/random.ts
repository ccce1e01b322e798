import { createHash } from 'node:crypto';

/** A stream of pseudo-random numbers that is the same for the same key, on every machine and Node. Not for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/**
 * One stream for each thing that is made: `randomOf(seed, 'stop', 17)`. Because every thing has its own key, making
 * one more of something leaves all others as they were.
 */
export function randomOf(seed: number, ...key: readonly (string | number)[]): Random {
  let state = createHash('sha256')
    .update(JSON.stringify([seed, ...key]))
    .digest()
    .readUInt32LE(0);
  // mulberry32: 32 bits of state are plenty for a timetable, and it is four lines that anyone can check.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => {
      if (items.length === 0) throw new Error('Internal error: nothing to pick from');
      return items[Math.floor(next() * items.length)] as (typeof items)[number];
    },
  };
}

/** An id in the form of a UUID that is the same for the same key. */
export function uuidOf(...key: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
