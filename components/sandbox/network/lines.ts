import { type Random, randomOf } from '../random.ts';
import { type FolderShape, folderShapes, metroFolder } from './folders.ts';
import { type Place, placeNames, stationCode, streetStopName } from './places.ts';

/** One route of the invented network. Data are a function of (seed, folder) and do not change with the day. */
export interface Line {
  readonly folder: string;
  readonly index: number;
  /** `ASH` for trains, `401` for what goes by number. */
  readonly code: string;
  readonly routeId: string;
  /** Number for the public; "" for most trains. */
  readonly number: string;
  readonly name: string;
  readonly longName: string;
  readonly routeType: number;
  readonly colour: string;
  /** From the outer end to the city. */
  readonly places: readonly Place[];
  /** Seconds from each place to the next one; one shorter than `places`. */
  readonly legSeconds: readonly number[];
}

const city = { latitude: -37.8136, longitude: 144.9631 };
const metroPlaces = 222;

export function linesOf(seed: number, folder: string): readonly Line[] {
  const shape = shapeOf(folder);
  const names = placeNames(seed);
  const cityPlaces = cityStations(names);
  return Array.from({ length: shape.lines }, (_, index) => lineOf(seed, shape, index, names, cityPlaces));
}

export function shapeOf(folder: string): FolderShape {
  const shape = folderShapes.find((one) => one.folder === folder);
  if (!shape) throw new Error(`Internal error: no folder ${folder} in the sandbox's network`);
  return shape;
}

/** The stations of the metropolitan trains: twelve in the city, then each line's own. 222 in all. */
export function metroStations(seed: number): readonly Place[] {
  const own = linesOf(seed, metroFolder).flatMap((line) => line.places.slice(0, -6));
  return [...cityStations(placeNames(seed)), ...own];
}

/** The twelve city stations have the same stop ids in every folder that calls there. */
function cityStations(names: readonly string[]): readonly Place[] {
  return names.slice(0, 12).map((name, index) => ({
    name: `${name} Station`,
    latitude: city.latitude + 0.004 * Math.sin(index),
    longitude: city.longitude + 0.006 * Math.cos(index),
    stopIds: [String(11_201 + 2 * index), String(11_202 + 2 * index)],
    station: stationCode(index),
  }));
}

function lineOf(
  seed: number,
  shape: FolderShape,
  index: number,
  names: readonly string[],
  cityPlaces: readonly Place[],
): Line {
  const random = randomOf(seed, 'line', shape.folder, index);
  const halfOfCity = cityPlaces.slice(index % 2 === 0 ? 0 : 6);
  const own = Array.from({ length: shape.places }, (_, step) => ownPlace(random, shape, index, step, names));
  const places = [...own, ...halfOfCity.slice(0, shape.cityPlaces)];
  const legSeconds = places.slice(1).map(() => shape.legSeconds + 10 * random.integer(-3, 3));
  return {
    folder: shape.folder,
    index,
    ...titles(shape, index, places),
    routeType: shape.routeType,
    colour: shape.colour,
    places,
    legSeconds,
  };
}

function ownPlace(random: Random, shape: FolderShape, line: number, step: number, names: readonly string[]): Place {
  const number = line * shape.places + step;
  const angle = (2 * Math.PI * line) / shape.lines;
  const distance = (shape.places - step) * (shape.legSeconds / 12_000);
  const firstName = shape.folder === metroFolder ? 12 : metroPlaces;
  const isRail = shape.cityPlaces > 0;
  return {
    name: isRail ? `${names[(firstName + number) % names.length]} Station` : streetStopName(random, names),
    latitude: city.latitude + distance * Math.sin(angle) * 0.7 + random.next() / 500,
    longitude: city.longitude + distance * Math.cos(angle) + random.next() / 500,
    stopIds: [String(shape.firstStopId + 2 * number), String(shape.firstStopId + 2 * number + 1)],
    ...(isRail
      ? { station: stationCode((shape.folder === metroFolder ? 12 : 300 + 50 * Number(shape.folder)) + number) }
      : {}),
  };
}

/** Trains go by the name of their outer end and a three-letter code, everything else by number. */
function titles(
  shape: FolderShape,
  index: number,
  places: readonly Place[],
): Pick<Line, 'code' | 'routeId' | 'number' | 'name' | 'longName'> {
  const ends = [places[0], places.at(-1)].map((place) => (place?.name ?? '').replace(/ Station$/, ''));
  const [outer = '', inner = ''] = ends;
  if (shape.cityPlaces > 0) {
    const code = places[0]?.station ?? '';
    const longName = shape.folder === metroFolder ? `${outer} - City` : `${outer} - ${inner}`;
    return {
      code,
      routeId: `aus:vic:vic-${shape.folder.padStart(2, '0')}-${code}:`,
      number: '',
      name: outer,
      longName,
    };
  }
  // Coaches and regional buses both begin at 101: the same shape ids in two folders.
  const code = String((shape.folder === '4' ? 401 : 101) + index);
  const number = shape.folder === '11' ? '' : code;
  return {
    code,
    routeId: `${shape.folder}-${code}-vpt-1`,
    number,
    name: `${outer} - ${inner}`,
    longName: `${outer} - ${inner}`,
  };
}
