import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../components/http/retry-after.ts';

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Sun, 06 Nov 1994 08:50:07 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:50:07 GMT', 30_000],
    ['Sun Nov  6 08:50:07 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Mon, 07 Nov 1994 08:00:00 GMT', 3_600_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['', undefined],
    ['Sun, 99 Nov 1994 08:50:07 GMT', undefined],
    ['1994-11-06T08:50:07Z', undefined],
  ])('reads `%s` as %s', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value, date })).toBe(expected);
  });

  it('is undefined without the header', () => {
    expect(retryAfterMs({ date })).toBeUndefined();
  });

  it('counts a date from now when the answer has no Date', () => {
    expect(retryAfterMs({ 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' })).toBe(3_600_000);
  });
});
