import { type Day, instantOf, isoDay, parseDay } from '../../sandbox/day.ts';
import { randomOf, uuidOf } from '../../sandbox/random.ts';
import type { CataloguePackage, CatalogueResource, CatalogueTable } from './catalogue.ts';
import { roundTo50 } from './rounding.ts';

const name = 'monthly-average-patronage-by-day-type-and-by-mode';
const columns = ['Year', 'Month', 'Month_name', 'Day_of_week', 'Day_type', 'Mode', 'Pax_daily'];

/** Months are counted from year 0: 12 × year + month − 1. */
type Month = number;
const firstMonth: Month = 12 * 2016;

const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const weekdays = ['Friday', 'Monday', 'Thursday', 'Tuesday', 'Wednesday'];
const modes = { MetroBus: 330_000, MetroTrain: 580_000, RegionalBus: 28_000, RegionalTrain: 55_000, Tram: 460_000 };

/** The table grows at its end by one month at a time; the release before stays listed beside the new one. */
export function monthlyPackage(seed: number, day: Day, editedMs: number): CataloguePackage {
  const newest = newestMonth(day);
  const title = 'Monthly average patronage by day type and by mode';
  const resources = [release(seed, newest - 1), release(seed, newest), workbook(newest)];
  return { name, title, metadataModifiedMs: editedMs, resources };
}

/** A month comes out on the 20th of the next. */
function newestMonth(day: Day): Month {
  const [year = 0, month = 0, dayOfMonth = 0] = isoDay(day).split('-').map(Number);
  return 12 * year + month - 1 - (dayOfMonth >= 20 ? 1 : 2);
}

function release(seed: number, last: Month): CatalogueResource {
  return {
    id: uuidOf('datavic', name, last),
    name: 'Monthly average patronage by day type and by mode',
    file: 'monthly_average_patronage_by_day_type_and_by_mode.csv',
    format: 'CSV',
    modifiedMs: releasedAt(last),
    bytes: null,
    table: () => patronage(seed, last),
  };
}

/** A workbook for people, which never reaches the datastore and was uploaded after the table. */
function workbook(last: Month): CatalogueResource {
  return {
    id: uuidOf('datavic', name, 'workbook', last),
    name: 'Monthly average patronage (workbook)',
    file: 'monthly_average_patronage.xlsx',
    format: 'XLSX',
    modifiedMs: releasedAt(last) + 3_600_000,
    bytes: 234_567,
  };
}

function releasedAt(month: Month): number {
  const next = month + 1;
  const day = parseDay(`${Math.floor(next / 12)}-${String((next % 12) + 1).padStart(2, '0')}-20`);
  return instantOf(day, '00:30:00');
}

function patronage(seed: number, last: Month): CatalogueTable {
  const months = Array.from({ length: last - firstMonth + 1 }, (_, index) => firstMonth + index);
  return { columns, rows: months.flatMap((month) => rowsOf(seed, month)) };
}

/** Those of a month never change again. */
function rowsOf(seed: number, month: Month): readonly (readonly string[])[] {
  const random = randomOf(seed, 'patronage', month);
  const year = Math.floor(month / 12);
  const ofYear = month % 12;
  return dayTypes(ofYear).flatMap(([dayOfWeek, dayType, share]) =>
    Object.entries(modes).map(([mode, usual]) => {
      const daily = usual * share * (0.9 + 0.2 * random.next()) * (1 + (year - 2016) / 100);
      return [String(year), String(ofYear + 1), monthNames[ofYear] ?? '', dayOfWeek, dayType, mode, roundTo50(daily)];
    }),
  );
}

/** School holidays in January, April, July, September and December. */
function dayTypes(ofYear: number): readonly (readonly [string, string, number])[] {
  const holidays = weekdays.map((day) => [day, 'School Holiday Weekday', 0.8] as const);
  const normal = weekdays.map((day) => [day, 'Normal Weekday', 1] as const);
  const weekend = [['Saturday', 'Weekend', 0.6] as const, ['Sunday', 'Weekend', 0.45] as const];
  return [...([0, 3, 6, 8, 11].includes(ofYear) ? holidays : []), ...normal, ...weekend];
}
