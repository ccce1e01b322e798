import { type Day, instantOf, isoDay, isoInstant } from '../../sandbox/day.ts';
import type { Line } from '../../sandbox/network/lines.ts';
import { type Random, randomOf } from '../../sandbox/random.ts';
import { bucketNames } from './filters.ts';
import { allLines, identityOf } from './routes.ts';

/** Bucket of the lines of a folder. */
const bucketOf: Readonly<Record<string, string>> = {
  1: 'regional_train',
  2: 'metro_train',
  3: 'metro_tram',
  4: 'metro_bus',
  5: 'regional_coach',
  6: 'regional_bus',
  10: 'interstate_train',
  11: 'skybus',
};
/** The API says null, not [], for modes that it knows nothing of. */
const nullBuckets = new Set(['telebus', 'taxi']);
const announcedAhead = 7;
const longest = 30;

/**
 * `GET /v3/disruptions`: on each day some begin, of one day to a month, and are announced a week ahead. So from one day to
 * the next a few come, a few go, and what is planned turns current.
 */
export function generatedDisruptions(seed: number, day: Day): Readonly<Record<string, readonly object[] | null>> {
  const lines = allLines(seed);
  const all = Array.from({ length: longest + announcedAhead + 1 }, (_, back) => day + announcedAhead - back).flatMap(
    (begin) => beginningOn(seed, begin, day, lines),
  );
  const entries = bucketNames.map((bucket) => {
    const listed = all.filter((one) => one.bucket === bucket).map((one) => one.disruption);
    return [bucket, listed.length === 0 && nullBuckets.has(bucket) ? null : listed] as const;
  });
  return Object.fromEntries(entries);
}

export function noDisruptions(): Readonly<Record<string, readonly object[]>> {
  return Object.fromEntries(bucketNames.map((bucket) => [bucket, []]));
}

function beginningOn(seed: number, begin: Day, today: Day, lines: readonly Line[]) {
  const random = randomOf(seed, 'disruptions', begin);
  return Array.from({ length: random.integer(1, 3) }, (_, index) => {
    const line = random.pick(lines);
    const days = random.integer(1, longest);
    const disruption = disruptionOf(random, line, begin, begin + days, begin > today, 10 * begin + index);
    return { bucket: index === 2 ? 'general' : bucketOf[line.folder], days, disruption };
  }).filter(({ days }) => begin + days > today);
}

/** Null where the swagger promises a string: an end that nobody knows, a direction that is both, dates of a hasty note. */
function disruptionOf(random: Random, line: Line, begin: Day, end: Day, isPlanned: boolean, id: number): object {
  const type = random.pick(['Planned Works', 'Service Information', 'Minor Delays', 'Power outage']);
  const place = random.pick(line.places);
  const isHasty = type === 'Power outage';
  const title = `${line.name}: ${type.toLowerCase()} near ${place.name.trim()} from ${isoDay(begin)}`;
  const published = isHasty ? null : isoInstant(instantOf(begin - announcedAhead, '03:00:00'));
  return {
    disruption_id: id,
    title,
    url: `https://transport.example/live-travel-updates/article/${id}`,
    description: `${title}. Allow more time for your journey.`,
    disruption_status: isPlanned ? 'Planned' : 'Current',
    disruption_type: type,
    published_on: published,
    last_updated: published,
    from_date: isoInstant(instantOf(begin - 1, '17:00:00')),
    to_date: isHasty ? null : isoInstant(instantOf(end - 1, '16:59:00')),
    routes: [{ ...identityOf(line), direction: directionOf(random, line) }],
    stops: isHasty ? [{ stop_id: Number(place.stopIds[0]), stop_name: `${place.name.trim()} ` }] : [],
    colour: isHasty ? '#ef4829' : '#ffd500',
    display_on_board: !isHasty,
    display_status: true,
  };
}

function directionOf(random: Random, line: Line): object | null {
  if (random.integer(1, 3) > 1) return null;
  const direction = random.integer(0, 1);
  const name = direction === 0 ? line.name : 'City';
  return {
    route_direction_id: 10 * line.index + direction,
    direction_id: direction,
    direction_name: name,
    service_time: null,
  };
}
