import type { QuotaLesson, QuotaObservation, QuotaUse, QuotaWindow, ServiceLimit } from '../../model/quota.ts';

/** What an answer teaches about the window that it came in, and what in it was beyond belief. */
export interface Taught {
  readonly lesson?: QuotaLesson;
  readonly oddities: readonly string[];
}

const hourMs = 3_600_000;

/** How far two ends of one window may lie apart: clocks differ, and answers take their time. */
function toleranceMs({ start, end }: QuotaWindow): number {
  return Math.min(120_000, (end.getTime() - start.getTime()) / 20);
}

/**
 * Reads an answer as a lesson for our own window. A service may count in other windows than we do: what it says of a
 * longer one is true of ours as well, what it says of a shorter one only means a pause, once that is used up.
 */
export function lessonOf(
  observation: QuotaObservation,
  quota: Pick<QuotaUse, 'limit'>,
  window: QuotaWindow,
  now: Date,
): Taught {
  const oddities = observation.unreadable.map((field) => `${field} could not be read`);
  const longestPauseMs = Math.max(hourMs, 2 * (window.end.getTime() - window.start.getTime()));
  const pauses: number[] = [];
  const limits: number[] = [];
  const floors: number[] = [];
  const pause = (ms: number, field: string) => {
    if (ms > longestPauseMs)
      oddities.push(
        `${field} is ${Math.round(ms / hourMs)} hours ahead, taken for ${Math.round(longestPauseMs / hourMs)}`,
      );
    pauses.push(Math.min(ms, longestPauseMs));
  };
  if (observation.pauseMs !== undefined) pause(observation.pauseMs, 'Retry-After');
  for (const said of observation.limits) {
    const relation = relationOf(said, window, now);
    if (relation === 'same' && said.limit !== undefined && said.limit < quota.limit) limits.push(said.limit);
    const limit = relation === 'same' ? Math.min(quota.limit, said.limit ?? quota.limit) : quota.limit;
    if (relation !== 'shorter' && said.remaining !== undefined && said.remaining < limit)
      floors.push(limit - said.remaining);
    if (said.remaining === 0 && said.resetMs !== undefined) pause(said.resetMs, 'the reset of the limit');
  }
  const lesson = {
    ...(limits.length > 0 ? { limit: Math.min(...limits) } : {}),
    ...(floors.length > 0 ? { usedAtLeast: Math.max(...floors) } : {}),
    ...(pauses.length > 0 ? { resumeAt: new Date(now.getTime() + Math.max(...pauses)) } : {}),
  };
  return { oddities, ...(Object.keys(lesson).length > 0 ? { lesson: { window, now, ...lesson } } : {}) };
}

/** Without a word about its window a limit is taken for one like ours. */
function relationOf(
  { resetMs, windowMs }: ServiceLimit,
  window: QuotaWindow,
  now: Date,
): 'same' | 'shorter' | 'longer' {
  const tolerance = toleranceMs(window);
  const ours = window.end.getTime() - window.start.getTime();
  if (windowMs !== undefined) return compare(windowMs - ours, Math.max(tolerance, ours / 8));
  if (resetMs === undefined) return 'same';
  return compare(resetMs - (window.end.getTime() - now.getTime()), tolerance);
}

function compare(difference: number, tolerance: number): 'same' | 'shorter' | 'longer' {
  if (Math.abs(difference) <= tolerance) return 'same';
  return difference < 0 ? 'shorter' : 'longer';
}
