import { describe, expect, it } from 'vitest';
import {
  compactDay,
  httpDate,
  instantOf,
  isoDay,
  isoInstant,
  parseDay,
  serviceDayStart,
  weekday,
} from '../../../components/sandbox/day.ts';
import { randomOf, uuidOf } from '../../../components/sandbox/random.ts';

describe('days', () => {
  it('count and show themselves', () => {
    const day = parseDay('2026-11-20');
    expect([isoDay(day + 11), compactDay(day), weekday(day)]).toEqual(['2026-12-01', '20261120', 4]);
    expect(httpDate(instantOf(day, '14:01:41'))).toBe('Fri, 20 Nov 2026 14:01:41 GMT');
    expect(isoInstant(instantOf(day, '14:01:41'))).toBe('2026-11-20T14:01:41Z');
  });

  it.each([
    ['summer', '2026-01-15', '2026-01-14T13:00:00.000Z'],
    ['winter', '2026-07-15', '2026-07-14T14:00:00.000Z'],
    ['the short day, on which noon less twelve hours is 23:00 of the eve', '2026-10-04', '2026-10-03T13:00:00.000Z'],
    ['the long day, on which it is 01:00', '2026-04-05', '2026-04-04T14:00:00.000Z'],
  ])('start their GTFS times at noon less twelve hours: %s', (_, date, start) => {
    expect(new Date(serviceDayStart(parseDay(date)) * 1_000).toISOString()).toBe(start);
  });
});

const draw = (...key: (string | number)[]) => {
  const random = randomOf(7, ...key);
  return [random.integer(1, 1_000), random.integer(1, 1_000), random.pick(['a', 'b', 'c'])];
};

describe('pseudo-random numbers', () => {
  it('are the same for the same key, on any machine, and others for another', () => {
    expect(draw('stop', 1)).toEqual(draw('stop', 1));
    expect(draw('stop', 1)).not.toEqual(draw('stop', 2));
    expect(draw('stop', 1)).toMatchInlineSnapshot(`
      [
        860,
        214,
        "a",
      ]
    `);
  });

  it('reach both ends of a range and stay in it', () => {
    const random = randomOf(1, 'ends');
    const drawn = new Set(Array.from({ length: 500 }, () => random.integer(-1, 2)));
    expect([...drawn].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  });

  it('give ids in the form of a UUID', () => {
    expect(uuidOf('a', 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('a', 1)).not.toBe(uuidOf('a1'));
  });
});
