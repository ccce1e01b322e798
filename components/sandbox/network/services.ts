import { type Day, weekday } from '../day.ts';
import { shapeOf } from './lines.ts';

/** A set of days on which trips run: a row of calendar.txt. */
export interface Service {
  readonly id: string;
  /** Monday to Sunday. */
  readonly weekdays: readonly boolean[];
  readonly from: Day;
  readonly to: Day;
}

/** A row of calendar_dates.txt. */
export interface ServiceException {
  readonly serviceId: string;
  readonly day: Day;
  readonly added: boolean;
}

/** How far ahead the feed of a day looks: weekly services ("rolling 90 days"), and services of one date each. */
const weeklyWindow = 90;
const datedWindow = 28;

/** Monday to Thursday, Friday, Saturday, Sunday, in the order of `FolderShape.weeklyTrips`. */
export const weeklyServiceIds = ['T0', 'T0_1', 'T2', 'T3'] as const;

/** The weekly service that runs on a day; a public holiday has Sunday's. */
export function weeklyServiceOn(day: Day): (typeof weeklyServiceIds)[number] {
  return isHoliday(day) ? 'T3' : usualServiceOn(weekday(day));
}

/** The service of one single date, in either of the two forms that real exports have. */
export function datedService(folder: string, day: Day): Service {
  const number = day % 100;
  const usual = weeklyServiceOn(day).slice(0, 2);
  const id = folder === '10' ? `${usual}+WD${number}_1` : `${usual}_${number + 2}`;
  return { id, weekdays: oneHot(weekday(day)), from: day, to: day };
}

/** The days that have a dated service in the feed of `today`. */
export function datedDays(today: Day): readonly Day[] {
  return Array.from({ length: datedWindow }, (_, offset) => today + offset);
}

export function servicesOf(folder: string, today: Day): readonly Service[] {
  const { weeklyTrips, datedTrips } = shapeOf(folder);
  const weekly = weeklyServiceIds.map((id) => ({
    id,
    weekdays: [0, 1, 2, 3, 4, 5, 6].map((day) => usualServiceOn(day) === id),
    from: today,
    to: today + weeklyWindow - 1,
  }));
  const dated = datedTrips > 0 ? datedDays(today).map((day) => datedService(folder, day)) : [];
  return weeklyTrips.some((trips) => trips > 0) ? [...weekly, ...dated] : dated;
}

/** On a public holiday the usual service is off and Sunday's is on. */
export function exceptionsOf(folder: string, today: Day): readonly ServiceException[] {
  if (shapeOf(folder).weeklyTrips.every((trips) => trips === 0)) return [];
  return Array.from({ length: weeklyWindow }, (_, offset) => today + offset)
    .filter((day) => isHoliday(day) && usualServiceOn(weekday(day)) !== 'T3')
    .flatMap((day) => [
      { serviceId: usualServiceOn(weekday(day)), day, added: false },
      { serviceId: 'T3', day, added: true },
    ]);
}

function usualServiceOn(day: number): (typeof weeklyServiceIds)[number] {
  if (day < 4) return 'T0';
  if (day === 4) return 'T0_1';
  return day === 5 ? 'T2' : 'T3';
}

function isHoliday(day: Day): boolean {
  return day % 29 === 0;
}

function oneHot(position: number): readonly boolean[] {
  return [0, 1, 2, 3, 4, 5, 6].map((day) => day === position);
}
