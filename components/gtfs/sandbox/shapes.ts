import type { Line } from '../../sandbox/network/lines.ts';
import { callsOf, type Direction, shapeIdOf } from '../../sandbox/network/trips.ts';
import { randomOf } from '../../sandbox/random.ts';
import { csvFile } from './csv.ts';

const header = ['shape_id', 'shape_pt_lat', 'shape_pt_lon', 'shape_pt_sequence', 'shape_dist_traveled'];
const pointsPerLeg = 6;

/** One shape for each line and direction: the way from stop to stop, with a few bends between them. */
export function shapesFile(seed: number, lines: readonly Line[]): Buffer {
  const rows = lines.flatMap((line) => [...shapeRows(seed, line, 0), ...shapeRows(seed, line, 1)]);
  return csvFile(header, rows);
}

function shapeRows(seed: number, line: Line, direction: Direction): readonly (readonly string[])[] {
  const random = randomOf(seed, 'shape', line.folder, line.index, direction);
  const calls = callsOf(line, direction);
  const shapeId = shapeIdOf(line, direction);
  return calls.flatMap((call, index) => {
    const next = calls[index + 1] ?? call;
    const points = index === calls.length - 1 ? 1 : pointsPerLeg;
    return Array.from({ length: points }, (_, point) => {
      const share = point / pointsPerLeg;
      const bend = point === 0 ? 0 : (random.next() - 0.5) / 2_000;
      return [
        shapeId,
        (between(call.place.latitude, next.place.latitude, share) + bend).toFixed(8),
        (between(call.place.longitude, next.place.longitude, share) - bend).toFixed(8),
        String(index * pointsPerLeg + point + 1),
        between(call.distance, next.distance, share).toFixed(2),
      ];
    });
  });
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
