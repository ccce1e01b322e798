import { type Day, instantOf, isoInstant } from '../../sandbox/day.ts';
import { folderShapes } from '../../sandbox/network/folders.ts';
import { type Line, linesOf } from '../../sandbox/network/lines.ts';

/** Which of the five route types the lines of a folder have: 0 train, 1 tram, 2 bus, 3 V/Line. */
const routeTypes: Readonly<Record<string, number>> = { 1: 3, 2: 0, 3: 1, 4: 2, 5: 3, 6: 2, 10: 3, 11: 2 };
const nightBus = 4;

/** `GET /v3/routes`: the same routes on every day, and when their status was told, which is always new. */
export function generatedRoutes(seed: number, day: Day): readonly object[] {
  const timestamp = isoInstant(instantOf(day - 1, '21:30:00'));
  return allLines(seed).map((line) => ({
    route_service_status: { description: 'Good Service', timestamp },
    ...identityOf(line),
    geopath: [],
  }));
}

export function allLines(seed: number): readonly Line[] {
  return folderShapes.flatMap(({ folder }) => linesOf(seed, folder));
}

export function identityOf(line: Line) {
  return {
    route_type: line.folder === '4' && line.index >= 18 ? nightBus : (routeTypes[line.folder] ?? 2),
    route_id: 1_000 * Number(line.folder) + line.index + 1,
    route_name: line.index % 5 === 4 ? `${line.name} ` : line.name,
    route_number: line.number,
    route_gtfs_id: `${line.folder}-${line.code}`,
  };
}
