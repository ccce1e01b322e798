import type { CronFields } from '../model/cron.ts';

/**
 * A cron pattern on a clock without a time zone. A wall time is the number of milliseconds that UTC would give it; all
 * bounds are wall times, `from` belongs to the span and `before` does not.
 */

const minuteMs = 60_000;
const dayMs = 86_400_000;
const minutesOfDay = 1_440;

export function firstWallTime(fields: CronFields, from: number, before: number): number | undefined {
  const today = Math.floor(from / dayMs);
  const minute = isDay(fields, today) ? firstMinute(fields, minuteWithin(today, from)) : undefined;
  const time =
    minute === undefined ? firstTimeFrom(fields, today + 1, Math.ceil(before / dayMs)) : wallTime(today, minute);
  return time !== undefined && time < before ? time : undefined;
}

export function lastWallTime(fields: CronFields, from: number, before: number): number | undefined {
  const today = Math.floor(before / dayMs);
  const minute = isDay(fields, today) ? lastMinute(fields, minuteWithin(today, before)) : undefined;
  const time =
    minute === undefined ? lastTimeUpTo(fields, today - 1, Math.floor(from / dayMs)) : wallTime(today, minute);
  return time !== undefined && time >= from ? time : undefined;
}

/** Costs a step for each day, however many times a day has. */
export function countWallTimes(fields: CronFields, from: number, before: number): number {
  const last = Math.ceil(before / dayMs);
  let count = 0;
  for (let day = nextDay(fields, Math.floor(from / dayMs), last); day < last; day = nextDay(fields, day + 1, last)) {
    const upTo = minutesBefore(fields, minuteWithin(day, before));
    count += Math.max(0, upTo - minutesBefore(fields, minuteWithin(day, from)));
  }
  return count;
}

/** Number of the first whole minute of a day that is not before a wall time, from 0 to 1,440. */
function minuteWithin(day: number, wall: number): number {
  return Math.min(minutesOfDay, Math.max(0, Math.ceil((wall - day * dayMs) / minuteMs)));
}

function wallTime(day: number, minute: number): number {
  return day * dayMs + minute * minuteMs;
}

function firstMinute({ hour, minute }: CronFields, from: number): number | undefined {
  const wantedHour = Math.floor(from / 60);
  if (hour.includes(wantedHour)) {
    const within = minute.find((each) => each >= from % 60);
    if (within !== undefined) return wantedHour * 60 + within;
  }
  const later = hour.find((each) => each > wantedHour);
  return later === undefined ? undefined : later * 60 + (minute[0] as number);
}

function lastMinute({ hour, minute }: CronFields, before: number): number | undefined {
  const wantedHour = Math.floor(before / 60);
  if (hour.includes(wantedHour)) {
    const within = minute.findLast((each) => each < before % 60);
    if (within !== undefined) return wantedHour * 60 + within;
  }
  const earlier = hour.findLast((each) => each < wantedHour);
  return earlier === undefined ? undefined : earlier * 60 + (minute.at(-1) as number);
}

function minutesBefore({ hour, minute }: CronFields, before: number): number {
  const wantedHour = Math.floor(before / 60);
  const within = hour.includes(wantedHour) ? minute.filter((each) => each < before % 60).length : 0;
  return hour.filter((each) => each < wantedHour).length * minute.length + within;
}

function firstTimeFrom(fields: CronFields, day: number, lastDay: number): number | undefined {
  const found = nextDay(fields, day, lastDay);
  return found < lastDay ? wallTime(found, firstMinute(fields, 0) as number) : undefined;
}

function lastTimeUpTo(fields: CronFields, day: number, firstDay: number): number | undefined {
  const found = previousDay(fields, day, firstDay);
  return found < firstDay ? undefined : wallTime(found, lastMinute(fields, minutesOfDay) as number);
}

/** The first day of the pattern that is not before `day`; `lastDay` or later if there is none before it. */
function nextDay(fields: CronFields, day: number, lastDay: number): number {
  let found = day;
  while (found < lastDay) {
    const { month, dayOfMonth, following } = calendarOf(found);
    const end = fields.month.includes(month) ? following : found;
    for (let date = dayOfMonth; found < end; date += 1, found += 1) if (isDate(fields, date, found)) return found;
    found = following;
  }
  return found;
}

/** The last day of the pattern that is not after `day`; one before `firstDay` if there is none from it on. */
function previousDay(fields: CronFields, day: number, firstDay: number): number {
  let found = day;
  while (found >= firstDay) {
    const { month, dayOfMonth } = calendarOf(found);
    const preceding = found - dayOfMonth;
    const end = fields.month.includes(month) ? preceding : found;
    for (let date = dayOfMonth; found > end; date -= 1, found -= 1) if (isDate(fields, date, found)) return found;
    found = preceding;
  }
  return found;
}

function isDay(fields: CronFields, day: number): boolean {
  if (fields.month.length === 12 && fields.dayOfMonth.length === 31 && fields.dayOfWeek.length === 7) return true;
  const { month, dayOfMonth } = calendarOf(day);
  return fields.month.includes(month) && isDate(fields, dayOfMonth, day);
}

/**
 * As in crontab(5): where both day fields are restricted a day of either will do, else it takes both. A field that
 * allows each of its values restricts nothing, however that is written.
 */
function isDate({ dayOfMonth, dayOfWeek }: CronFields, date: number, day: number): boolean {
  const ofMonth = dayOfMonth.includes(date);
  const ofWeek = dayOfWeek.includes(weekday(day));
  return dayOfMonth.length < 31 && dayOfWeek.length < 7 ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/** Day 0, 1 January 1970, was a Thursday. */
function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `following` is the first day of the month after. */
function calendarOf(day: number): { readonly month: number; readonly dayOfMonth: number; readonly following: number } {
  const date = new Date(day * dayMs);
  const month = date.getUTCMonth() + 1;
  return { month, dayOfMonth: date.getUTCDate(), following: Date.UTC(date.getUTCFullYear(), month, 1) / dayMs };
}
