import { describe, expect, it } from 'vitest';
import type { QuotaObservation, QuotaWindow } from '../../../../engine/model/quota.ts';
import { lessonOf } from '../../../../engine/run/quotas/lesson.ts';

const day: QuotaWindow = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-03-02T00:00:00Z') };
const now = new Date('2026-03-01T22:00:00Z');
const hourMs = 3_600_000;

const taught = (observation: Partial<QuotaObservation>, window = day) =>
  lessonOf({ limits: [], unreadable: [], ...observation }, { limit: 100 }, window, now);
const lesson = (observation: Partial<QuotaObservation>, window?: QuotaWindow) => {
  const { window: _, now: __, ...rest } = taught(observation, window).lesson ?? { window: day, now };
  return rest;
};

describe('a lesson', () => {
  it.each<[string, Partial<QuotaObservation>, object]>([
    ['nothing', {}, {}],
    ['a limit like ours', { limits: [{ limit: 100, remaining: 40 }] }, { usedAtLeast: 60 }],
    ['a lower limit', { limits: [{ limit: 80, remaining: 40 }] }, { limit: 80, usedAtLeast: 40 }],
    ['a higher limit with more left than we have', { limits: [{ limit: 900, remaining: 800 }] }, {}],
    ['a higher limit that others used up', { limits: [{ limit: 900, remaining: 5 }] }, { usedAtLeast: 95 }],
    ['our window, by its reset', { limits: [{ limit: 50, resetMs: 2 * hourMs + 5_000 }] }, { limit: 50 }],
    ['our window, by its length', { limits: [{ limit: 50, windowMs: 24 * hourMs }] }, { limit: 50 }],
    ['a shorter window with calls left', { limits: [{ limit: 30, remaining: 4, resetMs: 20_000 }] }, {}],
    [
      'a shorter window that is used up',
      { limits: [{ limit: 30, remaining: 0, windowMs: 60_000, resetMs: 20_000 }] },
      { resumeAt: new Date(now.getTime() + 20_000) },
    ],
    [
      'a longer window that is used up',
      { limits: [{ limit: 900, remaining: 0, resetMs: 9 * hourMs }] },
      { usedAtLeast: 100, resumeAt: new Date(now.getTime() + 9 * hourMs) },
    ],
    ['Retry-After', { pauseMs: 90_000 }, { resumeAt: new Date(now.getTime() + 90_000) }],
    ['several limits', { limits: [{ remaining: 50 }, { remaining: 20 }] }, { usedAtLeast: 80 }],
  ])('of %s', (_, observation, expected) => {
    expect(lesson(observation)).toEqual(expected);
  });

  it('bounds a pause by two windows, at least an hour, and says so', () => {
    const years = taught({ pauseMs: 3 * 365 * 24 * hourMs });
    expect(years.lesson?.resumeAt).toEqual(new Date(now.getTime() + 48 * hourMs));
    expect(years.oddities).toEqual(['Retry-After is 26280 hours ahead, taken for 48']);
    const minute = { start: now, end: new Date(now.getTime() + 60_000) };
    expect(lesson({ pauseMs: 5 * hourMs }, minute)).toEqual({ resumeAt: new Date(now.getTime() + hourMs) });
  });

  it('takes months of any length for one window', () => {
    const february = { start: new Date('2026-02-01T00:00:00Z'), end: new Date('2026-03-01T00:00:00Z') };
    expect(lesson({ limits: [{ limit: 50, windowMs: 31 * 24 * hourMs }] }, february)).toEqual({ limit: 50 });
  });
});
