import { describe, expect, it, test } from 'vitest';
import type { Frequency } from '../../../engine/model/component.ts';
import { scheduleOf } from '../../../engine/schedule/schedule.ts';

const zone = 'Australia/Melbourne';

describe('scheduleOf', () => {
  test.each<[Frequency, string]>([
    ['hourly', '0 * * * *'],
    ['daily', '0 0 * * *'],
    ['weekly', '0 0 * * 1'],
    ['monthly', '0 0 1 * *'],
    ['yearly', '0 0 1 1 *'],
  ])('%s is `%s` in the time zone', (frequency, cron) => {
    expect(scheduleOf({ frequency }, zone)).toEqual(scheduleOf({ cron }, zone));
    expect(scheduleOf({ frequency }, zone)).toMatchObject({ kind: 'cron', expression: cron, timeZone: zone });
  });

  it('keeps an interval', () => {
    expect(scheduleOf({ frequency: { every: 90_000 } }, zone)).toEqual({ kind: 'every', everyMs: 90_000 });
  });

  it('is undefined for neither cron nor frequency', () => {
    expect(scheduleOf({}, zone)).toBeUndefined();
    expect(scheduleOf({ cron: undefined, frequency: undefined }, zone)).toBeUndefined();
  });

  it('writes aliases out', () => {
    expect(scheduleOf({ cron: '@weekly' }, zone)).toMatchObject({ expression: '0 0 * * 0', repeats: false });
  });

  it('takes a pattern that validation let through by mistake for a bug', () => {
    expect(() => scheduleOf({ cron: '61 * * * *' }, zone)).toThrow(/^Internal error: .*field 1 \(minute\).*0 to 59/);
  });
});

test.each([
  ['* * * * *', true],
  ['0 * * * *', true],
  ['*/15 2 * * *', true],
  ['10-40/15 2 * * *', true],
  ['0 1-5/2 * * *', true],
  ['7,*/30 2 * * *', true],
  ['30 2,* * * *', true],
  ['30 2 * * *', false],
  ['0,15,30,45 2 * * *', false],
  ['0-59 0-23 * * *', false],
  ['30 2 */2 */3 *', false],
  ['@hourly', true],
  ['@daily', false],
])('`%s` repeats: %s', (cron, repeats) => {
  expect(scheduleOf({ cron }, zone)).toMatchObject({ repeats });
});
