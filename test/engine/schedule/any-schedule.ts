import * as fc from 'fast-check';
import { type Schedule, type SingleSchedule, scheduleOf } from '../../../engine/schedule/schedule.ts';

interface AnyCron {
  readonly text: string;
  /** Every library reads it in the same way: no day field is full without being a star. */
  readonly isPlain: boolean;
}

function field(low: number, high: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: low, max: high });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: value.map(String) },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(value, { minLength: 2, maxLength: 4 })
        .map((values) => values.toSorted((a, b) => a - b).join(',')),
    },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: Math.min(high - low, 20) }).map((step) => `*/${step}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(value, value).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    },
  );
}

/** Patterns whose days exist. */
export const cronText: fc.Arbitrary<AnyCron> = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((fields) => ({ text: fields.join(' '), isPlain: fields[4] !== '0-6' }));

const zones = [
  'UTC',
  'Australia/Melbourne',
  'Australia/Lord_Howe',
  'America/New_York',
  'Europe/London',
  'Antarctica/Troll',
  'Africa/Casablanca',
  'Asia/Beirut',
  'America/St_Johns',
];

const intervals = fc.constantFrom(60_000, 90_000, 3_600_000, 5_400_000, 7 * 3_600_000, 86_400_000);

const singleSchedule: fc.Arbitrary<SingleSchedule> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(cronText, fc.constantFrom(...zones)).map(([{ text }, zone]) => cronOf(text, zone)) },
  { weight: 1, arbitrary: intervals.map((everyMs) => ({ kind: 'every', everyMs }) as const) },
);

export const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 6, arbitrary: singleSchedule },
  {
    weight: 1,
    arbitrary: fc
      .array(singleSchedule, { minLength: 2, maxLength: 3 })
      .map((parts) => ({ kind: 'union', parts }) as const),
  },
);

function cronOf(text: string, timeZone: string): SingleSchedule {
  return scheduleOf({ cron: text }, timeZone) as SingleSchedule;
}

/** Half of them within two days of a change of the clocks somewhere. */
export const anyInstant: fc.Arbitrary<Date> = fc.oneof(
  fc.date({ min: new Date('2020-01-01T00:00Z'), max: new Date('2037-12-31T00:00Z'), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-08T07:00Z',
        '2026-03-29T01:00Z',
        '2026-04-04T15:30Z',
        '2026-10-03T16:00Z',
        '2026-11-01T06:00Z',
        '2026-10-25T01:00Z',
      ),
      fc.integer({ min: -2 * 86_400, max: 2 * 86_400 }),
    )
    .map(([moment, seconds]) => new Date(Date.parse(moment) + seconds * 1_000)),
);
