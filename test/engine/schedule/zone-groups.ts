import { clockOf, minuteMs } from './walk.ts';

const dayMs = 86_400_000;

export const years = { from: Date.UTC(2020, 0, 1), to: Date.UTC(2038, 0, 1) };

export interface ZoneGroup {
  /** Zones whose clocks show the same at every time that was looked at. The first one is walked for all of them. */
  readonly zones: readonly [string, ...string[]];
  /** Instants at which the clocks are moved, to the minute. */
  readonly transitions: readonly number[];
}

/** Every zone of this Node. `stepMs`: how often the clock of each is looked at to find out which ones go together. */
export function zoneGroups(stepMs = 3 * dayMs): readonly ZoneGroup[] {
  const groups = new Map<string, { zones: [string, ...string[]]; transitions: readonly number[] }>();
  for (const zone of ['UTC', ...Intl.supportedValuesOf('timeZone')]) {
    const moves = movesOf(zone, stepMs);
    const key = JSON.stringify(moves);
    const group = groups.get(key);
    if (group) group.zones.push(zone);
    else groups.set(key, { zones: [zone], transitions: moves.slice(1).map(([instant]) => instant) });
  }
  return [...groups.values()];
}

/** From when on the clock is how far from UTC. */
function movesOf(zone: string, stepMs: number): readonly (readonly [instant: number, offset: number])[] {
  const wallAt = clockOf(zone);
  const offsetAt = (instant: number) => wallAt(instant) - instant;
  const moves: [number, number][] = [[years.from, offsetAt(years.from)]];
  for (let end = years.from + stepMs; end <= years.to; end += stepMs) {
    const offset = offsetAt(end);
    const before = moves.at(-1)?.[1];
    if (offset === before) continue;
    let [same, other] = [end - stepMs, end];
    while (other - same > minuteMs) {
      const middle = same + Math.floor((other - same) / minuteMs / 2) * minuteMs;
      if (offsetAt(middle) === before) same = middle;
      else other = middle;
    }
    moves.push([other, offset]);
  }
  return moves;
}
