import { describe, expect, it } from 'vitest';
import { Patience } from '../../state/patience.ts';

const limitMs = 30_000;

describe('the patience of writes', () => {
  it('has a limit where no run goes on', () => {
    expect(new Patience(limitMs).endMs(5)).toBe(5 + limitMs);
  });

  it('has none but the end of the run while one goes on', () => {
    const patience = new Patience(limitMs);
    patience.began('a', new AbortController().signal);
    expect(patience.endMs(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('begins to count when the last run is over, for those who have waited for longer', () => {
    const patience = new Patience(limitMs);
    patience.began('a');
    patience.began('b');
    patience.ended('a');
    expect(patience.endMs(0)).toBe(Number.POSITIVE_INFINITY);
    const beforeMs = performance.now();
    patience.ended('b');
    patience.ended('b');
    expect(patience.endMs(0)).toBeGreaterThanOrEqual(beforeMs + limitMs);
    const laterMs = performance.now() + 1_000_000;
    expect(patience.endMs(laterMs)).toBe(laterMs + limitMs);
  });

  it('takes a run that is stopped for one that is over', () => {
    const patience = new Patience(limitMs);
    const stopping = new AbortController();
    patience.began('a', stopping.signal);
    stopping.abort('run_timeout');
    patience.began('b', stopping.signal);
    expect(patience.endMs(0)).toBeLessThanOrEqual(performance.now() + limitMs);
  });

  it('ends soon once the state is closed, whatever goes on', () => {
    const patience = new Patience(limitMs);
    patience.began('a');
    patience.close(10);
    expect(patience.endMs(performance.now())).toBeLessThanOrEqual(performance.now() + 10);
  });
});
