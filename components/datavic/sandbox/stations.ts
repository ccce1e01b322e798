import { type Day, instantOf, isoDay, parseDay } from '../../sandbox/day.ts';
import { metroStations } from '../../sandbox/network/lines.ts';
import type { Place } from '../../sandbox/network/places.ts';
import { type Random, randomOf, uuidOf } from '../../sandbox/random.ts';
import type { CataloguePackage, CatalogueResource, CatalogueTable } from './catalogue.ts';
import { roundTo50 } from './rounding.ts';

const name = 'annual-metropolitan-train-station-patronage-station-entries';
const listedYears = 3;

const columns = (
  'Fin_year,Stop_ID,Stop_name,Stop_lat,Stop_long,Pax_annual,Pax_weekday,Pax_norm_weekday,Pax_sch_hol_weekday,' +
  'Pax_Saturday,Pax_Sunday,Pax_pre_AM_peak,Pax_AM_peak,Pax_interpeak,Pax_PM_peak,Pax_PM_late'
).split(',');

/** Each year's release is a resource of its own beside those of the years before; the data dictionary is newest of all. */
export function stationPackage(seed: number, day: Day, editedMs: number): CataloguePackage {
  const newest = newestYear(day);
  const years = Array.from({ length: listedYears }, (_, back) => newest - back);
  const [first, ...older] = years.map((year) => release(seed, year));
  const listed = first ? [...older.slice(0, 1), first, ...older.slice(1)] : older;
  const title = 'Annual metropolitan train station patronage (station entries)';
  return { name, title, metadataModifiedMs: editedMs, resources: [...listed, dictionary(newest)] };
}

/** The financial year that ended last before a release; they come out on 15 October. */
function newestYear(day: Day): number {
  const year = Number(isoDay(day).slice(0, 4));
  return day >= releaseDay(year) ? year : year - 1;
}

function releaseDay(year: number): Day {
  return parseDay(`${year}-10-15`);
}

function release(seed: number, year: number): CatalogueResource {
  return {
    id: uuidOf('datavic', name, year),
    name: `Annual metropolitan train station entries FY ${year - 1}-${year}`,
    file: `annual_metropolitan_train_station_entries_fy_${year - 1}_${year}.csv`,
    format: 'CSV',
    modifiedMs: instantOf(releaseDay(year), '01:02:03'),
    bytes: null,
    table: () => entries(seed, year),
  };
}

function dictionary(year: number): CatalogueResource {
  return {
    id: uuidOf('datavic', name, 'dictionary', year),
    name: 'Data dictionary',
    file: 'data_dictionary.pdf',
    format: 'PDF',
    modifiedMs: instantOf(releaseDay(year), '04:05:06'),
    bytes: 123_456,
  };
}

function entries(seed: number, year: number): CatalogueTable {
  const financialYear = `FY${(year - 1) % 100}-${year % 100}`;
  const rows = metroStations(seed).map((station) => row(seed, financialYear, station));
  return { columns, rows };
}

function row(seed: number, financialYear: string, station: Place): readonly string[] {
  const random = randomOf(seed, 'entries', financialYear, station.stopIds[0]);
  // Few stations are large: the square of a square puts most of them at the low end.
  const weekday = 50 + 40_000 * random.next() ** 4;
  const counts = [
    weekday * 300,
    weekday,
    weekday * 1.05,
    weekday * 0.8,
    weekday * 0.6,
    weekday * 0.45,
    ...parts(random, weekday),
  ];
  const latitude = station.latitude.toFixed(8);
  const longitude = station.longitude.toFixed(7);
  const place = [station.stopIds[0], station.name.replace(/ Station$/, ''), latitude, longitude];
  return [financialYear, ...place, ...counts.map(roundTo50)];
}

/** The five parts of the day. */
function parts(random: Random, weekday: number): readonly number[] {
  const weights = [1, 8, 5, 6, 2].map((weight) => weight * (0.7 + 0.6 * random.next()));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (weekday * weight) / sum);
}
