import { expect, it } from 'vitest';
import { goneAt } from '../../../engine/cli/quotas/forecast.ts';

const window = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-03-02T00:00:00Z') };
const at = (time: string) => new Date(`2026-03-01T${time}Z`);

it.each([
  ['at the pace of this window', { limit: 1_000, reserve: 0 }, { used: 600 }, '10:00:00', '16:40:00'],
  ['without the reserve', { limit: 1_000, reserve: 200 }, { used: 600 }, '12:00:00', '16:00:00'],
  [
    'by the limit of the service',
    { limit: 1_000, reserve: 0 },
    { used: 500, learnedLimit: 600 },
    '10:00:00',
    '12:00:00',
  ],
  ['now, when none is left', { limit: 10, reserve: 3 }, { used: 7 }, '09:30:00', '09:30:00'],
])('tells when calls will be gone: %s', (_, quota, count, now, gone) => {
  expect(goneAt(quota, count, window, at(now))).toEqual(at(gone));
});

it('tells of nothing that will last, or that has not begun', () => {
  expect(goneAt({ limit: 1_000, reserve: 0 }, { used: 100 }, window, at('12:00:00'))).toBeUndefined();
  expect(goneAt({ limit: 1_000, reserve: 0 }, { used: 0 }, window, at('12:00:00'))).toBeUndefined();
  expect(goneAt({ limit: 1_000, reserve: 0 }, { used: 5 }, window, window.start)).toBeUndefined();
});
