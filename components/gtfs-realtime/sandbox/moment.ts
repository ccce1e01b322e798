import { type Day, serviceDayStart } from '../../sandbox/day.ts';

/** What one feed of a day is a function of, and the moment that it speaks of. */
export interface Moment {
  readonly seed: number;
  readonly day: Day;
  /** The zero of the day's GTFS times, in seconds since the epoch. */
  readonly dayStart: number;
  /** Seconds after `dayStart`: half past seven in the morning. */
  readonly now: number;
}

export function momentOf(seed: number, day: Day): Moment {
  return { seed, day, dayStart: serviceDayStart(day), now: 7.5 * 3_600 };
}
