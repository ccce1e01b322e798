import { describe, expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';

describe('newId', () => {
  const ids = Array.from({ length: 20_000 }, newId);

  it('is a UUID of version 7 and the RFC’s variant', () => {
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);
  });

  it('never comes twice and sorts in the order of making', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].toSorted()).toEqual(ids);
  });

  it('holds the time', () => {
    const before = Date.now();
    const ms = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
  });
});
