import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CatchupPolicy, catchupPolicies } from '../../../engine/model/slot.ts';
import { type PlannedSlot, planSlots } from '../../../engine/schedule/catch-up.ts';
import { type Schedule, scheduleOf } from '../../../engine/schedule/schedule.ts';
import { countSlots, slotsBetween } from '../../../engine/schedule/slots.ts';
import { anyInstant, anySchedule } from './any-schedule.ts';
import { showPlanned, slotsOf } from './planned.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const limits = { toleranceMs: hourMs, catchupWindowMs: 24 * hourMs, cap: 100 };

const at = (text: string) => new Date(`2026-11-${text}Z`);
const cron = (text: string) => scheduleOf({ cron: text }, 'UTC') as Schedule;

function plan(schedule: string, watermark: string, now: string, catchup: CatchupPolicy, changed = {}): string[] {
  const input = { schedule: cron(schedule), watermark: at(watermark), now: at(now), catchup, ...limits, ...changed };
  return planSlots(input).slots.map(showPlanned);
}

/** What happened to how many. */
function tally(slots: readonly PlannedSlot[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const planned of slots) {
    const key = 'reason' in planned ? planned.reason : planned.verdict;
    counts[key] = (counts[key] ?? 0) + (planned.verdict === 'missed_range' ? planned.count : 1);
  }
  return counts;
}

describe('the tolerance of one hour', () => {
  const noon = '0 12 * * *';

  it('runs the slot of noon at 12:47, and still at 13:00', () => {
    for (const policy of catchupPolicies) {
      expect(plan(noon, '20T11:00', '20T12:47', policy)).toEqual(['20T12:00 scheduled']);
      expect(plan(noon, '20T11:00', '20T13:00', policy)).toEqual(['20T12:00 scheduled']);
    }
  });

  it('is over at 13:01: then the policy decides', () => {
    expect(plan(noon, '20T11:00', '20T13:01', 'none')).toEqual(['20T12:00 outside_tolerance']);
    expect(plan(noon, '20T11:00', '20T13:01', 'latest')).toEqual(['20T12:00 catchup']);
    expect(plan(noon, '20T11:00', '20T13:01', 'all')).toEqual(['20T12:00 catchup']);
  });

  it('runs it once for two ticks', () => {
    const input = { schedule: cron(noon), catchup: 'latest' as const, ...limits };
    const first = planSlots({ ...input, watermark: at('20T11:00'), now: at('20T12:10') });
    const second = planSlots({ ...input, watermark: first.watermark, now: at('20T12:50') });
    expect([first.slots.length, second.slots.length]).toEqual([1, 0]);
  });

  it('runs one for all that it covers, and each under `all`', () => {
    const slots = ['20T12:00', '20T12:20', '20T12:40'];
    const one = ['20T12:00 superseded', '20T12:20 superseded', '20T12:40 scheduled'];
    expect(plan('*/20 * * * *', '20T11:50', '20T12:50', 'none')).toEqual(one);
    expect(plan('*/20 * * * *', '20T11:50', '20T12:50', 'latest')).toEqual(one);
    expect(plan('*/20 * * * *', '20T11:50', '20T12:50', 'all')).toEqual(slots.map((slot) => `${slot} scheduled`));
  });
});

describe('after a time off', () => {
  const slots = ['20T08:00', '20T09:00', '20T10:00', '20T11:00', '20T12:00'];
  const ends = (...words: string[]) => slots.map((slot, index) => `${slot} ${words[index]}`);

  it('`none` runs only what is on time', () => {
    expect(plan('0 * * * *', '20T07:30', '20T12:30', 'none')).toEqual(
      ends('outside_tolerance', 'outside_tolerance', 'outside_tolerance', 'outside_tolerance', 'scheduled'),
    );
  });

  it('`latest` catches up with one run, and with none where a newer slot runs on time', () => {
    expect(plan('0 * * * *', '20T07:30', '20T12:30', 'latest')).toEqual(
      ends('superseded', 'superseded', 'superseded', 'superseded', 'scheduled'),
    );
    expect(plan('0 8-12 * * *', '20T07:30', '20T18:00', 'latest')).toEqual(
      ends('superseded', 'superseded', 'superseded', 'superseded', 'catchup'),
    );
  });

  it('`latest` catches up a weekly slot that is days old: it knows no window', () => {
    expect(plan('0 0 * * 1', '01T12:00', '20T12:00', 'latest')).toEqual([
      '02T00:00 superseded',
      '09T00:00 superseded',
      '16T00:00 catchup',
    ]);
  });

  it('`all` runs each one within the window', () => {
    expect(plan('0 * * * *', '20T07:30', '20T12:30', 'all')).toEqual(
      ends('catchup', 'catchup', 'catchup', 'catchup', 'scheduled'),
    );
    expect(plan('0 */12 * * *', '17T07:30', '20T12:30', 'all')).toEqual([
      '17T12:00 window',
      '18T00:00 window',
      '18T12:00 window',
      '19T00:00 window',
      '19T12:00 window',
      '20T00:00 catchup',
      '20T12:00 scheduled',
    ]);
    expect(plan('30 12 * * *', '18T12:30', '20T12:30', 'all')).toEqual(['19T12:30 catchup', '20T12:30 scheduled']);
  });

  it('`all` catches up the newest ones, up to the cap, besides those on time', () => {
    expect(plan('0 * * * *', '20T07:30', '20T12:30', 'all', { cap: 2 })).toEqual(
      ends('cap', 'cap', 'catchup', 'catchup', 'scheduled'),
    );
    expect(plan('0 * * * *', '20T07:30', '20T12:30', 'all', { cap: 0 })).toEqual(
      ends('cap', 'cap', 'cap', 'cap', 'scheduled'),
    );
  });

  it('a slot exactly as old as the window is within it', () => {
    expect(plan('30 12 * * *', '18T13:00', '20T12:30', 'all', { cap: 0 })).toEqual([
      '19T12:30 cap',
      '20T12:30 scheduled',
    ]);
  });

  it('keeps a tolerance longer than the window', () => {
    const changed = { toleranceMs: 3 * hourMs, catchupWindowMs: hourMs };
    expect(plan('0 * * * *', '20T08:30', '20T12:00', 'all', changed)).toEqual([
      '20T09:00 scheduled',
      '20T10:00 scheduled',
      '20T11:00 scheduled',
      '20T12:00 scheduled',
    ]);
  });
});

describe('slots every minute, years off', () => {
  const now = at('20T12:00');
  const watermark = new Date('2020-01-01T00:00Z');
  const schedule = cron('* * * * *');
  const total = countSlots(schedule, watermark, now);

  it.each<[CatchupPolicy, Record<string, number>]>([
    ['none', { outside_tolerance: total - 61, superseded: 60, scheduled: 1 }],
    ['latest', { superseded: total - 1, scheduled: 1 }],
    ['all', { window: total - 1_441, cap: 1_280, catchup: 100, scheduled: 61 }],
  ])('`%s` names the newest thousand and counts the others', (catchup, expected) => {
    const { slots } = planSlots({ schedule, watermark, now, catchup, ...limits });
    expect(tally(slots)).toEqual(expected);
    expect(slots.length).toBeLessThanOrEqual(1_102);
  });

  it('cuts ranges where the reason changes', () => {
    const seconds = scheduleOf({ frequency: { every: 1_000 } }, 'UTC') as Schedule;
    const { slots } = planSlots({ schedule: seconds, watermark: at('18T00:00'), now, catchup: 'none', ...limits });
    expect(slots.slice(0, 2)).toEqual([
      {
        verdict: 'missed_range',
        from: new Date('2026-11-18T00:00:01Z'),
        to: new Date('2026-11-20T10:59:59Z'),
        count: 59 * 3_600 - 1,
        reason: 'outside_tolerance',
      },
      {
        verdict: 'missed_range',
        from: at('20T11:00'),
        to: new Date('2026-11-20T11:41:40Z'),
        count: 2_501,
        reason: 'superseded',
      },
    ]);
  });

  it('never runs more than it names: what is on time beyond that is over the cap', () => {
    const seconds = scheduleOf({ frequency: { every: 1_000 } }, 'UTC') as Schedule;
    const { slots } = planSlots({ schedule: seconds, watermark: at('20T10:00'), now, catchup: 'all', ...limits });
    expect(tally(slots)).toEqual({ cap: 7_200 - 1_100, scheduled: 1_100 });
  });
});

describe('clocks that jump', () => {
  it('plan nothing until the clock is past the watermark again', () => {
    const input = { schedule: cron('* * * * *'), catchup: 'all' as const, ...limits };
    const watermark = at('20T12:00');
    for (const now of [at('20T12:00'), at('20T11:00'), at('01T00:00')]) {
      expect(planSlots({ ...input, watermark, now })).toEqual({ slots: [], watermark });
    }
  });

  it('give no slot twice and none in silence, whatever the policy', () => {
    const jumps = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 90 * minuteMs }),
        fc.integer({ min: -2 * hourMs, max: 2 * hourMs }),
        fc.integer({ min: 0, max: 3 * dayMs }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    const settings = fc.record({
      catchup: fc.constantFrom(...catchupPolicies),
      toleranceMs: fc.constantFrom(minuteMs, hourMs, dayMs),
      catchupWindowMs: fc.constantFrom(minuteMs, 6 * hourMs, dayMs),
      cap: fc.constantFrom(0, 3, 100),
    });
    fc.assert(
      fc.property(anySchedule, anyInstant, jumps, settings, (schedule, start, steps, limit) => {
        let [now, watermark] = [start, start];
        const planned: PlannedSlot[] = [];
        for (const step of steps) {
          now = new Date(now.getTime() + step);
          const next = planSlots({ schedule, watermark, now, ...limit });
          expect(next.watermark.getTime()).toBeGreaterThanOrEqual(watermark.getTime());
          planned.push(...next.slots);
          watermark = next.watermark;
        }
        expect(planned.flatMap((each) => slotsOf(schedule, each))).toEqual(slotsBetween(schedule, start, watermark));
      }),
    );
  });
});
