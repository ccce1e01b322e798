import type { Line } from '../../sandbox/network/lines.ts';
import { callsOf, type Direction, gtfsTime, type Trip } from '../../sandbox/network/trips.ts';
import { withByteOrderMark } from './csv.ts';

const header =
  'trip_id,arrival_time,departure_time,stop_id,stop_sequence,stop_headsign,pickup_type,drop_off_type,shape_dist_traveled';

interface Row {
  readonly arrival: number;
  /** Seconds until the departure. */
  readonly stay: number;
  /** The columns after the times, ready to be appended: the same for every trip of a line and direction. */
  readonly rest: string;
}

/**
 * By far the largest table, so its rows are put together from three ready-made pieces. Written like the others: byte
 * order mark, CRLF, values quoted.
 */
export function stopTimesFile(trips: readonly Trip[]): Buffer {
  const patterns = new Map<string, readonly Row[]>();
  const times = new Map<number, string>();
  const parts = [`${header}\r\n`];
  for (const { id, line, direction, start } of trips) {
    const key = `${line.code} ${direction}`;
    const rows = patterns.get(key) ?? rowsOf(line, direction);
    patterns.set(key, rows);
    const front = `"${id}","`;
    for (const { arrival, stay, rest } of rows) parts.push(front + timesOf(times, start + arrival, stay) + rest);
  }
  return withByteOrderMark(parts.join(''));
}

/** Arrival and departure. Trips are whole minutes apart, so that most pairs come again. */
function timesOf(known: Map<number, string>, arrival: number, stay: number): string {
  const key = arrival * 1_000 + stay;
  const pair = known.get(key) ?? `${gtfsTime(arrival)}","${gtfsTime(arrival + stay)}",`;
  known.set(key, pair);
  return pair;
}

/** Nobody is picked up at the last stop or set down at the first. */
function rowsOf(line: Line, direction: Direction): readonly Row[] {
  const calls = callsOf(line, direction);
  return calls.map(({ stopId, sequence, arrival, departure, distance }) => {
    const pickup = sequence === calls.length ? '1' : '0';
    const dropOff = sequence === 1 ? '1' : '0';
    const rest = `"${stopId}","${sequence}","","${pickup}","${dropOff}","${distance.toFixed(2)}"\r\n`;
    return { arrival, stay: departure - arrival, rest };
  });
}
