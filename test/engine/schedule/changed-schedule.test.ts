import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CatchupPolicy, catchupPolicies } from '../../../engine/model/slot.ts';
import { planChange } from '../../../engine/schedule/changed-schedule.ts';
import { showSchedule, unionOf } from '../../../engine/schedule/dag-schedule.ts';
import { readSchedule } from '../../../engine/schedule/read-schedule.ts';
import { type Schedule, scheduleOf } from '../../../engine/schedule/schedule.ts';
import { slotsBetween } from '../../../engine/schedule/slots.ts';
import { anyInstant, anySchedule } from './any-schedule.ts';
import { showPlanned, slotsOf } from './planned.ts';

const hourMs = 3_600_000;
const limits = { toleranceMs: hourMs, catchupWindowMs: 24 * hourMs, cap: 100 };
const at = (text: string) => new Date(`2026-11-${text}Z`);
const cron = (text: string | undefined) => scheduleOf({ cron: text }, 'UTC');

function plan(
  before: string | undefined,
  schedule: string | undefined,
  catchup: CatchupPolicy = 'latest',
  more: { readonly seenUntil?: Date } = {},
): string[] {
  const span = { watermark: at('20T09:30'), now: at('20T12:05'), ...more };
  return planChange({ before: cron(before), schedule: cron(schedule), catchup, ...span, ...limits }).slots.map(
    showPlanned,
  );
}

describe('a schedule that took the place of another one', () => {
  it('leaves the slots of one of them missed, and plans those of both', () => {
    expect(plan('0 * * * *', '0 12 * * *')).toEqual(['20T10:00..20T11:00 2 schedule_changed', '20T12:00 scheduled']);
    expect(plan('0 12 * * *', '0,30 * * * *')).toEqual(['20T10:00..20T11:30 4 schedule_changed', '20T12:00 scheduled']);
    expect(plan('0 * * * *', '30 * * * *')).toEqual(['20T10:00..20T12:00 5 schedule_changed']);
  });

  it('keeps the policy for late ones of both', () => {
    expect(plan('0 10 * * *', '0 10 * * 5')).toEqual(['20T10:00 catchup']);
    expect(plan('0 10,11 * * *', '0 10,11 * * 5')).toEqual(['20T10:00 superseded', '20T11:00 catchup']);
    expect(plan('0 10 * * *', '0 10 * * 5', 'none')).toEqual(['20T10:00 outside_tolerance']);
  });

  it('leaves a word also where there is no schedule any more, or was none before', () => {
    expect(plan('0 11 * * *', undefined)).toEqual(['20T11:00 schedule_changed']);
    expect(plan(undefined, '0 11 * * *')).toEqual(['20T11:00 schedule_changed']);
    expect(plan(undefined, undefined)).toEqual([]);
  });

  it('and was there before: what went by while it was away is missed, but for slots of the other one', () => {
    expect(plan('0 8,11 * * *', '0 * * * *', 'latest', { seenUntil: at('20T07:00') })).toEqual([
      '20T09:00 schedule_changed',
      '20T10:00 schedule_changed',
      '20T11:00 catchup',
      '20T12:00 schedule_changed',
    ]);
  });

  it('gives each slot of either one row, whatever they are', () => {
    const policies = fc.constantFrom(...catchupPolicies);
    const spans = fc.integer({ min: 0, max: 3 * 24 * hourMs });
    fc.assert(
      fc.property(
        anySchedule,
        anySchedule,
        anyInstant,
        spans,
        policies,
        (before, schedule, watermark, span, catchup) => {
          const now = new Date(watermark.getTime() + span);
          const { slots } = planChange({ before, schedule, watermark, now, catchup, ...limits });
          const either = unionOf([before, schedule]) as Schedule;
          expect(slots.flatMap((planned) => slotsOf(either, planned))).toEqual(slotsBetween(either, watermark, now));
        },
      ),
    );
  });
});

describe('readSchedule', () => {
  it('reads what showSchedule has shown', () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const read = readSchedule(showSchedule(schedule));
        expect(read && showSchedule(read)).toBe(showSchedule(schedule));
        if (schedule.kind !== 'union') expect(read).toEqual(schedule);
      }),
    );
  });

  it.each(['', 'every day', '0 * * * *', '61 * * * * UTC', '0 * * * * Mars/Olympus', '0 * * * * UTC, '])(
    'knows nothing of `%s`',
    (text) => {
      expect(readSchedule(text)).toBeUndefined();
    },
  );
});
