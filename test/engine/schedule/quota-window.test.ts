import { describe, expect, it } from 'vitest';
import { windowOf } from '../../../engine/schedule/quota-window.ts';

const shown = (per: 'minute' | 'hour' | 'day' | 'month', timezone: string, now: string) => {
  const { start, end } = windowOf({ per, timezone }, new Date(now));
  return [start.toISOString(), end.toISOString()];
};
const hours = (timezone: string, now: string) => {
  const { start, end } = windowOf({ per: 'day', timezone }, new Date(now));
  return (end.getTime() - start.getTime()) / 3_600_000;
};

describe('the window of a quota', () => {
  it.each([
    ['minute', 'Asia/Kathmandu', '2026-03-01T10:20:30.400Z', '2026-03-01T10:20:00.000Z', '2026-03-01T10:21:00.000Z'],
    ['hour', 'Asia/Kathmandu', '2026-03-01T10:20:30Z', '2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z'],
    ['day', 'UTC', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['day', 'Australia/Melbourne', '2026-03-01T12:59:59.999Z', '2026-02-28T13:00:00.000Z', '2026-03-01T13:00:00.000Z'],
    ['day', 'Australia/Melbourne', '2026-03-01T13:00:00Z', '2026-03-01T13:00:00.000Z', '2026-03-02T13:00:00.000Z'],
    ['month', 'Australia/Melbourne', '2026-04-15T00:00:00Z', '2026-03-31T13:00:00.000Z', '2026-04-30T14:00:00.000Z'],
    ['month', 'America/New_York', '2026-12-31T23:00:00Z', '2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
  ] as const)('is of its %s in %s at %s', (per, timezone, now, start, end) => {
    expect(shown(per, timezone, now)).toEqual([start, end]);
  });

  it('is 23 and 25 hours long on the days on which clocks are moved', () => {
    expect(hours('Australia/Melbourne', '2026-04-05T02:00:00Z')).toBe(25);
    expect(hours('Australia/Melbourne', '2026-10-04T02:00:00Z')).toBe(23);
    expect(hours('Australia/Lord_Howe', '2026-04-05T02:00:00Z')).toBe(24.5);
  });

  it('begins later where midnight is left out, and lets nothing fall between two days where it comes twice', () => {
    expect(shown('day', 'Africa/Cairo', '2026-04-24T12:00:00Z')[0]).toBe('2026-04-23T22:00:00.000Z');
    expect(hours('Africa/Cairo', '2026-04-24T12:00:00Z')).toBe(23);
    // Until 2011 clocks there went from 00:01 back to 23:01 of the day before.
    expect(shown('day', 'America/St_Johns', '2010-11-07T03:00:00Z')).toEqual([
      '2010-11-07T02:30:00.000Z',
      '2010-11-08T03:30:00.000Z',
    ]);
  });

  it.each([
    'Africa/Cairo',
    'America/Asuncion',
    'America/Havana',
    'America/Nuuk',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Asia/Beirut',
    'Asia/Gaza',
    'Asia/Kathmandu',
    'Atlantic/Azores',
    'Australia/Lord_Howe',
    'Australia/Melbourne',
    'Europe/Dublin',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
  ])('follows the last one without a gap, from 2005 on: %s', (timezone) => {
    const gaps: string[] = [];
    let now = new Date('2005-01-01T12:00:00Z');
    let days = 0;
    for (; now.getUTCFullYear() < 2038; days += 1) {
      for (const per of ['day', 'month'] as const) if (!isWhole(per, timezone, now)) gaps.push(now.toISOString());
      now = windowOf({ per: 'day', timezone }, now).end;
    }
    expect(gaps).toEqual([]);
    expect(days).toBeGreaterThan(12_000);
  });
});

/** The window holds its instant, its last moment belongs to it, and the next one begins at its end. */
function isWhole(per: 'day' | 'month', timezone: string, now: Date): boolean {
  const { start, end } = windowOf({ per, timezone }, now);
  const last = windowOf({ per, timezone }, new Date(end.getTime() - 1));
  const next = windowOf({ per, timezone }, end);
  return start <= now && now < end && Number(last.start) === Number(start) && Number(next.start) === Number(end);
}
