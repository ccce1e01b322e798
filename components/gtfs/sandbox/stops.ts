import type { Line } from '../../sandbox/network/lines.ts';
import type { Place } from '../../sandbox/network/places.ts';
import { csvFile } from './csv.ts';

type Row = Readonly<Record<string, string>>;

/** The header differs from folder to folder, as it does in the real export: columns are to be found by name. */
const headers: Readonly<Record<string, string>> = {
  rail: 'stop_id,stop_name,stop_lat,stop_lon,stop_url,location_type,parent_station,wheelchair_boarding,level_id',
  metro: 'stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding,level_id,platform_code',
  street:
    'stop_id,stop_code,stop_name,stop_lat,stop_lon,stop_url,location_type,parent_station,wheelchair_boarding,level_id,platform_code',
};

export function stopsFile(folder: string, lines: readonly Line[]): Buffer {
  const header = headerOf(folder);
  const rows = placesOf(lines).flatMap((place) => [...platforms(place), ...stationParts(place)]);
  return csvFile(
    header,
    rows.map((row) => header.map((column) => row[column] ?? '')),
  );
}

/** Walkways between the entrance and the platforms of metropolitan stations; header only elsewhere. */
export function pathwaysFile(folder: string, lines: readonly Line[]): Buffer {
  const header = 'pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time'.split(',');
  const rows = placesOf(lines).flatMap((place) =>
    place.stopIds.map((stopId) => {
      const entrance = entranceId(place);
      return [`${entrance}_${stopId}_walkway_1`, entrance, stopId, '1', '1', '36'];
    }),
  );
  return csvFile(header, folder === '2' ? rows : []);
}

export function levelsFile(folder: string): Buffer {
  const rows = [
    ['Level 0', '0', ''],
    ['Level 1', '1', ''],
  ];
  return csvFile(['level_id', 'level_index', 'level_name'], folder === '2' ? [...rows, ['Level -1', '-1', '']] : rows);
}

function headerOf(folder: string): readonly string[] {
  const kind = folder === '2' ? 'metro' : folder === '1' || folder === '10' ? 'rail' : 'street';
  return (headers[kind] ?? '').split(',');
}

/** Every place once, also one that several lines call at. */
function placesOf(lines: readonly Line[]): readonly Place[] {
  return [...new Map(lines.flatMap((line) => line.places).map((place) => [place.stopIds[0], place])).values()];
}

function platforms(place: Place): readonly Row[] {
  return place.stopIds.map((stopId, direction) => ({
    ...position(place, direction),
    stop_id: stopId,
    stop_code: stopId,
    stop_name: place.name,
    stop_url: `https://transport.example/stop/${stopId}/`,
    parent_station: place.station === undefined ? '' : stationId(place),
    wheelchair_boarding: '1',
    level_id: 'Level 0',
    platform_code: place.station === undefined ? '' : String(direction + 1),
  }));
}

/** The station that the platforms belong to, and its entrance. */
function stationParts(place: Place): readonly Row[] {
  if (place.station === undefined) return [];
  const station = {
    ...position(place, 0),
    stop_id: stationId(place),
    stop_name: place.name,
    location_type: '1',
    wheelchair_boarding: '1',
  };
  const entrance = {
    ...position(place, 2),
    stop_id: entranceId(place),
    stop_name: 'Main entrance',
    location_type: '2',
    parent_station: stationId(place),
    level_id: 'Level 0',
  };
  return [station, entrance];
}

function position(place: Place, offset: number): Row {
  return {
    stop_lat: (place.latitude + offset / 10_000).toFixed(8),
    stop_lon: (place.longitude + offset / 10_000).toFixed(8),
  };
}

function stationId(place: Place): string {
  return `vic:rail:${place.station}`;
}

function entranceId(place: Place): string {
  return `${stationId(place)}_EN1`;
}
