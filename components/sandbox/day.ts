/** A calendar day as days since 1970-01-01: no zone and no clock, so that it can be counted with. */
export type Day = number;

const dayMs = 86_400_000;

/** Parses `YYYY-MM-DD`. Throws when it is not a day of the calendar. */
export function parseDay(text: string): Day {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const day = instant / dayMs;
  if (!Number.isInteger(day) || isoDay(day) !== text) {
    throw new Error(`expected the sandbox day to be a date such as 2026-11-20, got \`${text}\``);
  }
  return day;
}

/** `2026-11-20` */
export function isoDay(day: Day): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** `20261120`, as GTFS writes dates. */
export function compactDay(day: Day): string {
  return isoDay(day).replaceAll('-', '');
}

/** 0 is Monday, as in the columns of calendar.txt. */
export function weekday(day: Day): number {
  return (day + 3) % 7;
}

/** The instant of a time of day in UTC, `HH:MM:SS`, in milliseconds since the epoch. */
export function instantOf(day: Day, timeUtc: string): number {
  return Date.parse(`${isoDay(day)}T${timeUtc}Z`);
}

/** `Thu, 19 Nov 2026 14:01:41 GMT` (RFC 9110 §5.6.7). */
export function httpDate(instantMs: number): string {
  return new Date(instantMs).toUTCString();
}

/** `2026-11-19T14:01:41Z` */
export function isoInstant(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z');
}

const hourInMelbourne = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Australia/Melbourne',
  hour: 'numeric',
  hourCycle: 'h23',
});

/** The zero of a day's GTFS times in Melbourne, in seconds since the epoch: noon less twelve hours (GTFS, "Time"). */
export function serviceDayStart(day: Day): number {
  const nightBefore = instantOf(day, '00:00:00');
  const hour = Number(hourInMelbourne.format(nightBefore + 2 * 3_600_000));
  // 02:00 UTC is noon in winter (UTC+10) and 13:00 in summer (UTC+11).
  const noon = nightBefore + (14 - hour) * 3_600_000;
  return noon / 1_000 - 12 * 3_600;
}
