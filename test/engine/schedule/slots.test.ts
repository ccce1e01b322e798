import { CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Frequency } from '../../../engine/model/component.ts';
import { type Schedule, scheduleOf } from '../../../engine/schedule/schedule.ts';
import { countSlots, intervalOf, newestSlot, nextSlot, slotsBetween } from '../../../engine/schedule/slots.ts';
import { anyInstant, anySchedule, cronText } from './any-schedule.ts';

const at = (text: string) => new Date(text);
const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));

function cron(text: string, timeZone = 'UTC'): Schedule {
  return scheduleOf({ cron: text }, timeZone) as Schedule;
}

function every(ms: number): Schedule {
  return scheduleOf({ frequency: { every: ms } }, 'Australia/Melbourne') as Schedule;
}

describe('slotsBetween', () => {
  it('leaves out its beginning and includes its end', () => {
    const hours = slotsBetween(cron('0 * * * *'), at('2026-11-20T10:00Z'), at('2026-11-20T12:00Z'));
    expect(iso(hours)).toEqual(['2026-11-20T11:00', '2026-11-20T12:00']);
  });

  it('is empty for a span that is empty or turned round', () => {
    const noon = at('2026-11-20T12:00Z');
    expect(slotsBetween(cron('* * * * *'), noon, noon)).toEqual([]);
    expect(slotsBetween(cron('* * * * *'), noon, at('2026-11-20T11:00Z'))).toEqual([]);
    expect(countSlots(cron('* * * * *'), noon, at('2026-11-20T11:00Z'))).toBe(0);
  });

  it('gives only the first ones up to the limit, however long the span', () => {
    const slots = slotsBetween(every(1), at('2026-01-01T00:00Z'), at('2036-01-01T00:00Z'), 3);
    expect(slots.map(Number)).toEqual([1, 2, 3].map((ms) => Date.UTC(2026, 0, 1) + ms));
  });

  it('aligns an interval to 1970, whatever the time zone', () => {
    const slots = slotsBetween(every(7 * 3_600_000), at('1969-12-31T12:00Z'), at('1970-01-01T14:00Z'));
    expect(iso(slots)).toEqual(['1969-12-31T17:00', '1970-01-01T00:00', '1970-01-01T07:00', '1970-01-01T14:00']);
  });

  test.each<[Frequency, string[]]>([
    ['daily', ['2026-12-30T13:00', '2026-12-31T13:00', '2027-01-01T13:00']],
    ['weekly', ['2026-12-27T13:00', '2027-01-03T13:00', '2027-01-10T13:00']],
    ['monthly', ['2026-12-31T13:00', '2027-01-31T13:00', '2027-02-28T13:00']],
    ['yearly', ['2026-12-31T13:00', '2027-12-31T13:00', '2028-12-31T13:00']],
  ])('%s begins at midnight of the time zone', (frequency, expected) => {
    const schedule = scheduleOf({ frequency }, 'Australia/Melbourne') as Schedule;
    const from = frequency === 'daily' ? '2026-12-30T00:00Z' : '2026-12-25T00:00Z';
    expect(iso(slotsBetween(schedule, at(from), at('2030-01-01T00:00Z'), 3))).toEqual(expected);
  });
});

describe('days', () => {
  const firstDays = (text: string) => {
    const slots = slotsBetween(cron(text), at('2026-10-31T23:00Z'), at('2027-01-01T00:00Z'), 6);
    return slots.map((date) => date.getUTCDate());
  };

  it.each([
    ['0 0 13 * 5', [6, 13, 20, 27, 4, 11]],
    ['0 0 13 * *', [13, 13]],
    ['0 0 13 * 0-6', [13, 13]],
    ['0 0 * * 5', [6, 13, 20, 27, 4, 11]],
    ['0 0 1-31 * 5', [6, 13, 20, 27, 4, 11]],
    ['0 0 */10 * 5', [1, 6, 11, 13, 20, 21]],
    ['0 0 31 * *', [31]],
  ])('of `%s`', (text, expected) => {
    expect(firstDays(text)).toEqual(expected);
  });

  it('are those that cron-parser sees, far from daylight saving', () => {
    fc.assert(
      fc.property(cronText, anyInstant, ({ text, isPlain }, from) => {
        fc.pre(isPlain);
        const theirs = CronExpressionParser.parse(text, { currentDate: from, tz: 'UTC' });
        const expected = [theirs.next(), theirs.next(), theirs.next()].map((date) => date.getTime());
        const ours = slotsBetween(cron(text), from, new Date(from.getTime() + 40 * 366 * 86_400_000), 3);
        expect(ours.map(Number)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever the schedule', () => {
  it('(a, b] and (b, c] make (a, c]', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, span(), span(), (schedule, a, first, second) => {
        const b = new Date(a.getTime() + first);
        const c = new Date(b.getTime() + second);
        const whole = slotsBetween(schedule, a, c);
        expect([...slotsBetween(schedule, a, b), ...slotsBetween(schedule, b, c)]).toEqual(whole);
        expect(countSlots(schedule, a, b) + countSlots(schedule, b, c)).toBe(whole.length);
        expect(countSlots(schedule, a, c)).toBe(whole.length);
      }),
    );
  });

  it('the next one and the newest one agree with them', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, (schedule, instant) => {
        const next = nextSlot(schedule, instant) as Date;
        const newest = newestSlot(schedule, instant) as Date;
        expect(newest.getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(next.getTime()).toBeGreaterThan(instant.getTime());
        expect(slotsBetween(schedule, newest, next)).toEqual([next]);
        expect(newestSlot(schedule, new Date(next.getTime() - 1))).toEqual(newest);
        expect(newestSlot(schedule, next)).toEqual(next);
        expect(intervalOf(schedule, next)).toEqual({ start: newest, end: next });
      }),
    );
  });
});

/** Up to a month. */
function span(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 31 * 86_400_000 });
}

it('a slot at the turn of a year, where the next table of a zone begins, is found from either side', () => {
  const turn = at('2027-01-01T00:00Z');
  for (const schedule of [cron('0 0 * * *'), cron('0 * * * *'), cron('0 14 * * *', 'Pacific/Honolulu')]) {
    expect(newestSlot(schedule, at('2027-01-01T00:30Z'))).toEqual(turn);
    expect(newestSlot(schedule, turn)).toEqual(turn);
    expect(nextSlot(schedule, new Date(turn.getTime() - 1))).toEqual(turn);
  }
});

describe('far slots', () => {
  it('29 February, over 2100', () => {
    const leap = cron('0 0 29 2 *', 'Europe/Berlin');
    expect(nextSlot(leap, at('2096-03-01T00:00Z'))).toEqual(at('2104-02-28T23:00Z'));
    expect(newestSlot(leap, at('2104-02-28T22:59:59Z'))).toEqual(at('2096-02-28T23:00Z'));
    expect(intervalOf(leap, at('2104-02-28T23:00Z')).start).toEqual(at('2096-02-28T23:00Z'));
  });

  it('a pattern that repeats at a time which its one day a year may leave out', () => {
    // In 2027 the clocks of New York go forward on the 14th of March.
    const leftOut = cron('*/30 2 14 3 *', 'America/New_York');
    expect(nextSlot(leftOut, at('2026-04-01T00:00Z'))).toEqual(at('2028-03-14T06:00Z'));
  });
});

describe('moves of clocks before 2020', () => {
  it.each([
    ['America/Sao_Paulo', 'no midnight', '0 0 * * *', '2018-11-03T12:00Z', ['2018-11-04T03:00', '2018-11-05T02:00']],
    [
      'America/Sao_Paulo',
      'midnight twice',
      '30 23 * * *',
      '2018-02-17T12:00Z',
      ['2018-02-18T01:30', '2018-02-19T02:30'],
    ],
    ['Pacific/Apia', 'no 30 December', '0 6 * * *', '2011-12-29T12:00Z', ['2011-12-29T16:00', '2011-12-30T10:00']],
    ['Pacific/Apia', 'no 30 December', '0 */12 * * *', '2011-12-29T12:00Z', ['2011-12-29T22:00', '2011-12-30T10:00']],
    [
      'Africa/Monrovia',
      '44 minutes 30 seconds',
      '0 0 * * *',
      '1972-01-06T00:00Z',
      ['1972-01-06T00:44', '1972-01-07T00:44'],
    ],
  ])('%s: %s, `%s`', (zone, _what, text, from, expected) => {
    expect(iso(slotsBetween(cron(text, zone), at(from), at('2030-01-01T00:00Z'), 2))).toEqual(expected);
  });
});
