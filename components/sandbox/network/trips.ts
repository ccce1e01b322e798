import type { Day } from '../day.ts';
import { randomOf } from '../random.ts';
import { type Line, linesOf, shapeOf } from './lines.ts';
import type { Place } from './places.ts';
import { datedDays, datedService, weeklyServiceIds } from './services.ts';

export type Direction = 0 | 1;

/** One run of a vehicle along a line: away from the city (0) or towards it (1). */
export interface Trip {
  readonly id: string;
  readonly line: Line;
  readonly serviceId: string;
  readonly direction: Direction;
  /** Seconds since the start of the service day; beyond 86,400 for the small hours that still belong to it. */
  readonly start: number;
}

/** A stop on the way, seconds after the trip's start. */
export interface Call {
  readonly place: Place;
  readonly stopId: string;
  readonly sequence: number;
  readonly arrival: number;
  readonly departure: number;
  /** Metres from the first stop. */
  readonly distance: number;
}

const firstStart = 5 * 3_600;
const lastStart = 25 * 3_600 + 9 * 60;
const dwell = 40;

/** All trips of a folder in the feed of `today`. Those of a date are a function of (seed, date): they stay until it is past. */
export function tripsOf(seed: number, folder: string, today: Day): readonly Trip[] {
  const shape = shapeOf(folder);
  const lines = linesOf(seed, folder);
  const weekly = weeklyServiceIds.flatMap((serviceId, index) =>
    lines.flatMap((line) => tripsOn(line, serviceId, shape.weeklyTrips[index] ?? 0, 0, '7')),
  );
  const dated = shape.datedTrips === 0 ? [] : datedDays(today).flatMap((day) => datedTrips(seed, folder, lines, day));
  return [...weekly, ...dated];
}

export function callsOf(line: Line, direction: Direction): readonly Call[] {
  const places = direction === 0 ? line.places.toReversed() : line.places;
  const legs = direction === 0 ? line.legSeconds.toReversed() : line.legSeconds;
  let clock = 0;
  let distance = 0;
  return places.map((place, index) => {
    const leg = legs[index - 1] ?? 0;
    clock += leg;
    distance += leg * 13.37;
    const arrival = clock;
    if (index > 0 && index < places.length - 1 && index % 4 === 0) clock += dwell;
    return { place, stopId: place.stopIds[direction], sequence: index + 1, arrival, departure: clock, distance };
  });
}

/** `2-ASH-vpt-1.1.H` away from the city, `….2.R` towards it. Coaches and regional buses leave the folder out. */
export function shapeIdOf(line: Line, direction: Direction): string {
  const folder = line.folder === '5' || line.folder === '6' ? 'reg' : line.folder;
  return `${folder}-${line.code}-vpt-1.${direction === 0 ? '1.H' : '2.R'}`;
}

export function headsignOf(line: Line, direction: Direction): string {
  const end = direction === 0 ? line.places[0] : line.places.at(-1);
  return (end?.name ?? '').replace(/ Station$/, '');
}

/** `25:09:00` */
export function gtfsTime(seconds: number): string {
  return `${twoDigits(seconds / 3_600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${Math.floor(value)}` : String(Math.floor(value));
}

function datedTrips(seed: number, folder: string, lines: readonly Line[], day: Day): readonly Trip[] {
  const { datedTrips: count, datedLines = lines.length } = shapeOf(folder);
  const chosen = Array.from({ length: datedLines }, (_, turn) => lines[(day + turn) % lines.length]);
  const delay = 60 * randomOf(seed, 'dated trips', folder, day).integer(1, 14);
  const { id } = datedService(folder, day);
  return chosen.flatMap((line) => (line ? tripsOn(line, id, count, delay, String(day % 100)) : []));
}

/** Spread over the day; the last one starts at 25:09 unless there is but one. */
function tripsOn(line: Line, serviceId: string, count: number, delay: number, timetable: string): readonly Trip[] {
  const gap = count > 1 ? (lastStart - firstStart) / (count - 1) : 0;
  return ([0, 1] as const).flatMap((direction) =>
    Array.from({ length: count }, (_, index) => ({
      id: tripId(line, serviceId, direction, index, timetable),
      line,
      serviceId,
      direction,
      start: firstStart + 60 * Math.floor((index * gap) / 60) + delay,
    })),
  );
}

/** Two of the forms that ids have had in real exports. */
function tripId(line: Line, serviceId: string, direction: Direction, index: number, timetable: string): string {
  if (line.places[0]?.station === undefined) return `${index + 1}.${serviceId}.${shapeIdOf(line, direction)}`;
  return `${line.folder.padStart(2, '0')}-${line.code}--${timetable}-${serviceId}-${3001 + 2 * index - direction}`;
}
