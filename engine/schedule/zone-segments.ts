/** A span in which the clocks of a time zone are moved by nobody. Instants and wall times in milliseconds. */
export interface ZoneSegment {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Wall time minus instant. */
  readonly offsetMs: number;
  /**
   * The wall time that clocks had come to before `start`: less than what they show at `start` where they were put
   * forward, more where they were put back.
   */
  readonly reached: number;
}

const secondMs = 1_000;
const dayMs = 86_400_000;

/** Shorter than any move that was undone since 1970: in October 2000 Recife had daylight saving for a week. */
const probeMs = 5 * dayMs;

/** Longer than any clock was ever put back. */
const lookBackMs = 2 * dayMs;

/** The segment that an instant lies in, cut at the ends of its UTC year: zones are looked up a year at a time, once. */
export function segmentAt(timeZone: string, instant: number): ZoneSegment {
  const found = segmentsOfYear(timeZone, new Date(instant).getUTCFullYear()).find(({ end }) => instant < end);
  if (found === undefined) throw new Error(`Internal error: no offset of ${timeZone} at ${instant}`);
  return found;
}

const known = new Map<string, Map<number, readonly ZoneSegment[]>>();

function segmentsOfYear(timeZone: string, year: number): readonly ZoneSegment[] {
  const years = known.get(timeZone) ?? new Map<number, readonly ZoneSegment[]>();
  const segments = years.get(year) ?? findSegments(timeZone, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
  known.set(timeZone, years.set(year, segments));
  return segments;
}

function findSegments(timeZone: string, from: number, before: number): readonly ZoneSegment[] {
  const offsetAt = offsetsOf(timeZone);
  const segments: ZoneSegment[] = [];
  let start = from - lookBackMs;
  let reached = start + offsetAt(start);
  while (start < before) {
    const offsetMs = offsetAt(start);
    const end = endOfOffset(offsetAt, start, before);
    if (end > from) segments.push({ start, end, offsetMs, reached });
    reached = Math.max(reached, end + offsetMs);
    start = end;
  }
  return segments.map((segment) => cutStart(segment, from));
}

/** A segment that began before `from`, from there on. */
function cutStart(segment: ZoneSegment, from: number): ZoneSegment {
  if (segment.start >= from) return segment;
  return { ...segment, start: from, reached: Math.max(segment.reached, from + segment.offsetMs) };
}

/** When the offset that holds at `start` ends, to the second; `before` if it holds until then. */
function endOfOffset(offsetAt: (instant: number) => number, start: number, before: number): number {
  const offset = offsetAt(start);
  let same = start;
  let other = start;
  while (offsetAt(other) === offset) {
    if (other >= before) return before;
    same = other;
    other = Math.min(before, other + probeMs);
  }
  while (other - same > secondMs) {
    const middle = same + Math.floor((other - same) / (2 * secondMs)) * secondMs;
    if (offsetAt(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

/** The offsets of a zone as this Node knows them, from names such as `GMT+10:30` or, before 1972, `GMT-00:44:30`. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    const [, sign, hours, minutes, seconds = '0'] =
      /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(format.format(instant)) ?? [];
    if (sign === undefined) return 0;
    const size = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * secondMs;
    return sign === '-' ? -size : size;
  };
}
