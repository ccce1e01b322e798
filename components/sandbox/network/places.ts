import { type Random, randomOf } from '../random.ts';

/** Somewhere that vehicles call at: two stops, one for each direction. */
export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** The stop ids for direction 0 and 1. Folders number theirs on their own, so that ids meet again with other meanings. */
  readonly stopIds: readonly [string, string];
  /** Three letters, for stations only. */
  readonly station?: string;
}

const beginnings =
  'Ash Bel Cal Dun Elm Fern Glen Hart Iron Jar Kel Lin Mor Nor Oak Pem Quin Rose Stan Thorn Ulm Vern Wal Yarr'.split(
    ' ',
  );
const endings = 'bourne by dale field ford ham hurst ley mont more stead ton vale wick wood'.split(' ');
const streets = ['Rd', 'St', 'Ave', 'Pde', 'Hwy', 'Cres'];

/** All invented place names, in an order of this seed's own: the same place is the same station in every source. */
export function placeNames(seed: number): readonly string[] {
  const random = randomOf(seed, 'place names');
  const names = beginnings.flatMap((beginning) => endings.map((ending) => beginning + ending));
  return names
    .map((name) => ({ name, rank: random.next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

/** The name of a stop in the street; one in nine carries the trailing blank that real ones do. */
export function streetStopName(random: Random, names: readonly string[]): string {
  const name = `${random.pick(names)} ${random.pick(streets)}/${random.pick(names)} ${random.pick(streets)}`;
  return random.integer(1, 9) === 1 ? `${name} ` : name;
}

/** Three letters that no other station of the list has. */
export function stationCode(index: number): string {
  return letter(Math.floor(index / 676) + 18) + letter(Math.floor(index / 26)) + letter(index);
}

function letter(value: number): string {
  return String.fromCharCode(65 + (value % 26));
}
