import type { Quota, QuotaWindow } from '../model/quota.ts';
import { segmentAt } from './zone-segments.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The window in which a call at `now` is counted. Minutes and hours are those of UTC; days and months are those of the
 * quota's time zone. A day begins at the first instant at which the clock shows its midnight or a later time, so that each
 * instant is in exactly one window, also where clocks are moved at midnight.
 */
export function windowOf({ per, timezone }: Pick<Quota, 'per' | 'timezone'>, now: Date): QuotaWindow {
  if (per === 'minute' || per === 'hour') return evenWindow(now, per === 'minute' ? 60_000 : hourMs);
  const instant = now.getTime();
  const wall = new Date(instant + segmentAt(timezone, instant).offsetMs);
  let [start, end] = [boundary(timezone, wall, per, 0), boundary(timezone, wall, per, 1)];
  // Clocks that are put back over midnight show yesterday once more: today has begun all the same.
  for (let ahead = 2; end <= instant; ahead += 1) [start, end] = [end, boundary(timezone, wall, per, ahead)];
  return { start: new Date(start), end: new Date(end) };
}

function evenWindow(now: Date, lengthMs: number): QuotaWindow {
  const start = Math.floor(now.getTime() / lengthMs) * lengthMs;
  return { start: new Date(start), end: new Date(start + lengthMs) };
}

function boundary(timezone: string, wall: Date, per: 'day' | 'month', ahead: number): number {
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  return firstInstant(timezone, per === 'day' ? Date.UTC(year, month, day + ahead) : Date.UTC(year, month + ahead, 1));
}

/** The first instant at which clocks of the zone show this wall time or a later one. */
function firstInstant(timezone: string, wall: number): number {
  for (let from = wall - dayMs - 2 * hourMs; ; ) {
    const { start, end, offsetMs } = segmentAt(timezone, from);
    const found = Math.max(start, wall - offsetMs);
    if (found < end) return found;
    from = end;
  }
}
