import { describe, expect, it } from 'vitest';
import { observe } from '../../../components/http/rate-limits.ts';

const date = 'Sun, 01 Mar 2026 10:00:00 GMT';
const epoch = Date.UTC(2026, 2, 1, 10) / 1_000;

const limitsOf = (headers: Record<string, string>, status = 200) => observe(status, { date, ...headers })?.limits;

describe('what an answer tells of the limits of its service', () => {
  it.each<[string, Record<string, string>, object[]]>([
    ['limit and rest', { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '7' }, [{ limit: 1_000, remaining: 7 }]],
    ['seconds', { 'x-ratelimit-reset': '30' }, [{ resetMs: 30_000 }]],
    ['a moment in seconds', { 'x-ratelimit-reset': String(epoch + 60) }, [{ resetMs: 60_000 }]],
    ['a moment in milliseconds', { 'x-ratelimit-reset': String((epoch + 60) * 1_000) }, [{ resetMs: 60_000 }]],
    ['a moment that is past', { 'x-ratelimit-reset': String(epoch - 60) }, [{ resetMs: 0 }]],
    [
      'the first drafts',
      { 'ratelimit-limit': '10', 'ratelimit-remaining': '1', 'ratelimit-reset': '5' },
      [{ limit: 10, remaining: 1, resetMs: 5_000 }],
    ],
    [
      'a later draft',
      { ratelimit: 'limit=100, remaining=50, reset=5' },
      [{ limit: 100, remaining: 50, resetMs: 5_000 }],
    ],
    [
      'the newest draft',
      { ratelimit: '"day";r=5;t=3600', 'ratelimit-policy': '"day";q=100;w=86400' },
      [{ limit: 100, remaining: 5, resetMs: 3_600_000, windowMs: 86_400_000 }],
    ],
    [
      'two policies',
      { ratelimit: '"a";r=1;t=2, "b";r=9', 'ratelimit-policy': '"b";q=50;w=60, "a";q=2;w=1' },
      [
        { limit: 2, remaining: 1, resetMs: 2_000, windowMs: 1_000 },
        { limit: 50, remaining: 9, windowMs: 60_000 },
      ],
    ],
  ])('%s', (_, headers, expected) => {
    expect(limitsOf(headers)).toEqual(expected);
  });

  it('is nothing where there are no such fields, and for Retry-After of other answers', () => {
    expect(observe(200, { date, 'content-type': 'text/plain' })).toBeUndefined();
    expect(observe(301, { date, 'retry-after': '5' })).toBeUndefined();
  });

  it('is a pause for 429 and 503', () => {
    expect(observe(429, { date, 'retry-after': '7200' })).toEqual({ pauseMs: 7_200_000, limits: [], unreadable: [] });
    expect(observe(503, { date, 'retry-after': 'Sun, 01 Mar 2026 10:00:30 GMT' })?.pauseMs).toBe(30_000);
    expect(observe(429, { date })).toBeUndefined();
  });

  it('names the fields that no number can be read from', () => {
    const headers = { 'x-ratelimit-limit': '200,2000', 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': 'soon' };
    expect(observe(200, headers)).toEqual({
      limits: [{ remaining: 0 }],
      unreadable: ['x-ratelimit-limit `200,2000`', 'x-ratelimit-remaining `-1`', 'x-ratelimit-reset `soon`'],
    });
  });
});
