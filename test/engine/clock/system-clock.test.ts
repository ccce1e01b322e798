import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../engine/clock/system-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(sleep: Promise<void>): { isOver: boolean } {
  const watched = { isOver: false };
  void sleep.then(() => {
    watched.isOver = true;
    return undefined;
  });
  return watched;
}

test('sleeps as long as it was asked to, not less', async () => {
  const sleep = watch(systemClock.sleep(250));
  await vi.advanceTimersByTimeAsync(249);
  expect(sleep.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(sleep.isOver).toBe(true);
});

test('sleeps for months, which setTimeout would not', async () => {
  const months = 90 * 86_400_000;
  const sleep = watch(systemClock.sleep(months));
  await vi.advanceTimersByTimeAsync(months - 1);
  expect(sleep.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(sleep.isOver).toBe(true);
});

test.each([0, -5, Number.NaN])('%d is over at once', async (ms) => {
  await systemClock.sleep(ms);
  expect(vi.getTimerCount()).toBe(0);
});

test('an abort ends it, and leaves neither timer nor listener', async () => {
  const abort = new AbortController();
  const remove = vi.spyOn(abort.signal, 'removeEventListener');
  const sleep = systemClock.sleep(1_000_000, abort.signal);
  abort.abort();
  await sleep;
  expect(vi.getTimerCount()).toBe(0);
  expect(remove).toHaveBeenCalled();
  await systemClock.sleep(1_000_000, abort.signal);
  expect(vi.getTimerCount()).toBe(0);
});

test('a sleep that runs its course takes its listeners with it', async () => {
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, 'addEventListener');
  const remove = vi.spyOn(signal, 'removeEventListener');
  const sleep = systemClock.sleep(120_000, signal);
  await vi.advanceTimersByTimeAsync(120_000);
  await sleep;
  expect(remove.mock.calls.length).toBe(add.mock.calls.length);
});

test('the wall clock gives days, the monotonic one differences', () => {
  expect(systemClock.now()).toEqual(new Date(Date.now()));
  const before = systemClock.monotonicMs();
  vi.advanceTimersByTime(40);
  expect(systemClock.monotonicMs() - before).toBe(40);
});

test('a turn comes after what was queued before it, and after what promises queue meanwhile', async () => {
  const order: string[] = [];
  const turn = systemClock.turn().then(() => order.push('turn'));
  setImmediate(() => order.push('queued'));
  void Promise.resolve().then(() => setImmediate(() => order.push('queued by a promise')));
  await turn;
  expect(order).toEqual(['queued', 'queued by a promise', 'turn']);
});
