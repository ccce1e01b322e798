import { instantOf, parseDay, weekday } from '../../sandbox/day.ts';
import type { CataloguePackage } from './catalogue.ts';
import { monthlyPackage } from './monthly.ts';
import { stationPackage } from './stations.ts';

/** The two packages as they stand on a sandbox day. Somebody edits their descriptions every Monday. */
export function generatedPackages(seed: number, date: string): readonly CataloguePackage[] {
  const day = parseDay(date);
  const edited = instantOf(day - weekday(day), '11:12:13');
  return [stationPackage(seed, day, edited), monthlyPackage(seed, day, edited)];
}
