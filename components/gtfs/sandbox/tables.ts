import { compactDay, type Day } from '../../sandbox/day.ts';
import type { Line } from '../../sandbox/network/lines.ts';
import { linesOf } from '../../sandbox/network/lines.ts';
import { exceptionsOf, servicesOf } from '../../sandbox/network/services.ts';
import { headsignOf, shapeIdOf, tripsOf } from '../../sandbox/network/trips.ts';
import { bareCsvFile, csvFile } from './csv.ts';
import { shapesFile } from './shapes.ts';
import { stopTimesFile } from './stop-times.ts';
import { levelsFile, pathwaysFile, stopsFile } from './stops.ts';

/** What the tables of one folder are a function of. */
export interface Folder {
  readonly seed: number;
  readonly folder: string;
  readonly day: Day;
}

/** The tables of one inner zip, by file name, in the order of the real export. */
export function tablesOf(at: Folder): ReadonlyMap<string, Buffer> {
  const lines = linesOf(at.seed, at.folder);
  const trips = tripsOf(at.seed, at.folder, at.day);
  return new Map([
    ['transfers.txt', transfersFile(at.folder, lines)],
    ['calendar_dates.txt', calendarDatesFile(at)],
    ['stop_times.txt', stopTimesFile(trips)],
    ['stops.txt', stopsFile(at.folder, lines)],
    ['trips.txt', tripsFile(at.folder, trips)],
    ['calendar.txt', calendarFile(at)],
    ['pathways.txt', pathwaysFile(at.folder, lines)],
    ['routes.txt', routesFile(at.folder, lines)],
    ['levels.txt', levelsFile(at.folder)],
    ['agency.txt', agencyFile()],
    ['shapes.txt', shapesFile(at.seed, lines)],
  ]);
}

function agencyFile(): Buffer {
  const header = ['agency_id', 'agency_name', 'agency_url', 'agency_timezone', 'agency_lang', 'agency_fare_url'];
  const site = 'https://transport.example';
  return bareCsvFile(header, [['1', 'Sandbox Transport', `${site}/`, 'Australia/Melbourne', 'EN', `${site}/tickets`]]);
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function calendarFile({ folder, day }: Folder): Buffer {
  const rows = servicesOf(folder, day).map((service) => {
    const runs = service.weekdays.map((isOn) => (isOn ? '1' : '0'));
    return [service.id, ...runs, compactDay(service.from), compactDay(service.to)];
  });
  return csvFile(['service_id', ...weekdays, 'start_date', 'end_date'], rows);
}

function calendarDatesFile({ folder, day }: Folder): Buffer {
  const rows = exceptionsOf(folder, day).map((one) => [one.serviceId, compactDay(one.day), one.added ? '1' : '2']);
  return csvFile(['service_id', 'date', 'exception_type'], rows);
}

/** `agency_id` is "" although agency.txt has "1". Each metropolitan train line has a replacement bus without trips. */
function routesFile(folder: string, lines: readonly Line[]): Buffer {
  const header = 'route_id,agency_id,route_short_name,route_long_name,route_type,route_color,route_text_color'.split(
    ',',
  );
  const rows = lines.flatMap((line) => {
    const shortName = folder === '1' || folder === '2' || folder === '10' ? line.name : line.number;
    const row = [line.routeId, '', shortName, line.longName, String(line.routeType), line.colour, 'FFFFFF'];
    const bus = [line.routeId.replace(/:$/, '-R:'), '', 'Replacement Bus', line.longName, '714', 'FE5000', 'FFFFFF'];
    return folder === '2' ? [row, bus] : [row];
  });
  return csvFile(header, rows);
}

/** `bikes_allowed` is a column of the regional and interstate trains only. */
function tripsFile(folder: string, trips: ReturnType<typeof tripsOf>): Buffer {
  const common = 'route_id,service_id,trip_id,shape_id,trip_headsign,direction_id,block_id,wheelchair_accessible'.split(
    ',',
  );
  const bikes = folder === '1' || folder === '10';
  const rows = trips.map(({ id, line, serviceId, direction }) => {
    const shapeId = shapeIdOf(line, direction);
    const row = [line.routeId, serviceId, id, shapeId, headsignOf(line, direction), String(direction), '', '1'];
    return bikes ? [...row, '1'] : row;
  });
  return csvFile(bikes ? [...common, 'bikes_allowed'] : common, rows);
}

/** Only the metropolitan trains have any: between neighbouring lines at their last station. */
function transfersFile(folder: string, lines: readonly Line[]): Buffer {
  const header =
    'from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id,transfer_type,min_transfer_time'.split(
      ',',
    );
  const rows = lines.flatMap((line, index) => {
    const [from, to] = line.places.at(-1)?.stopIds ?? ['', ''];
    const other = lines[(index + 2) % lines.length];
    return folder === '2' && other ? [[to, from, line.routeId, other.routeId, '', '', '2', '180']] : [];
  });
  return csvFile(header, rows);
}
