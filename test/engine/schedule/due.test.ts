import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DueFacts, dueOf } from '../../../engine/schedule/due.ts';
import { scheduleOf } from '../../../engine/schedule/schedule.ts';
import { anyInstant, anySchedule } from './any-schedule.ts';

const at = (text: string) => new Date(`2026-11-${text}Z`);
const daily = scheduleOf({ frequency: 'daily' }, 'UTC');

function answerOf(facts: DueFacts) {
  const { due, reason, because } = dueOf(facts);
  return { due, reason, because };
}

describe('dueOf', () => {
  it('asks a component without frequency or cron in every run', () => {
    expect(answerOf({ now: at('20T12:00'), lastAnswered: at('20T11:59') })).toEqual({
      due: true,
      reason: 'no_schedule',
      because: 'it has neither frequency nor cron: each run asks it',
    });
  });

  it('asks one that never succeeded at once, long before its slot', () => {
    const yearly = scheduleOf({ frequency: 'yearly' }, 'UTC');
    expect(answerOf({ schedule: yearly, now: at('20T12:00') })).toEqual({
      due: true,
      reason: 'never_succeeded',
      because: 'it has not succeeded yet',
    });
  });

  it('asks one whose newest slot nothing has answered, however old that slot is', () => {
    const monthly = scheduleOf({ frequency: 'monthly' }, 'UTC');
    const facts = { schedule: monthly, now: at('20T12:00'), lastAnswered: new Date('2026-10-20T12:00Z') };
    expect(answerOf(facts)).toEqual({
      due: true,
      reason: 'due',
      because: 'nothing has answered its slot of 2026-11-01 00:00:00Z yet',
    });
  });

  it('leaves alone one whose newest slot is answered, by a run of that slot or a later one by hand', () => {
    for (const lastAnswered of [at('20T00:00'), at('20T11:59')]) {
      expect(answerOf({ schedule: daily, now: at('20T12:00'), lastAnswered })).toEqual({
        due: false,
        reason: 'not_due',
        because: 'its slot of 2026-11-20 00:00:00Z is answered; its next one is 2026-11-21 00:00:00Z',
      });
    }
  });

  it('sees the slots as they were at the slot of the run', () => {
    const facts = { schedule: daily, now: at('20T12:00'), lastAnswered: at('17T00:00') };
    expect(dueOf({ ...facts, slot: at('17T23:00') })).toMatchObject({ due: false, newestSlot: at('17T00:00') });
    expect(dueOf({ ...facts, slot: at('18T00:00') })).toMatchObject({ due: true, newestSlot: at('18T00:00') });
    expect(answerOf({ ...facts, slot: at('16T05:00'), lastAnswered: undefined }).because).toBe(
      'it has not succeeded for a slot up to 2026-11-16 05:00:00Z',
    );
  });

  it('keeps what it was made from for the record', () => {
    expect(dueOf({ schedule: daily, now: at('20T12:00'), lastAnswered: at('20T00:00') })).toMatchObject({
      newestSlot: at('20T00:00'),
      nextSlot: at('21T00:00'),
      inputs: {
        now: '2026-11-20T12:00:00.000Z',
        newestSlot: '2026-11-20T00:00:00.000Z',
        nextSlot: '2026-11-21T00:00:00.000Z',
        lastAnswered: '2026-11-20T00:00:00.000Z',
      },
    });
  });

  it('asks for each slot once: whoever answers when due is asked again at the next slot and not before', () => {
    fc.assert(
      fc.property(anySchedule, anyInstant, (schedule, now) => {
        const { nextSlot } = dueOf({ schedule, now, lastAnswered: now });
        const next = nextSlot as Date;
        expect(dueOf({ schedule, now, lastAnswered: now }).due).toBe(false);
        expect(dueOf({ schedule, now: new Date(next.getTime() - 1), lastAnswered: now }).due).toBe(false);
        expect(dueOf({ schedule, now: next, lastAnswered: now }).due).toBe(true);
        expect(dueOf({ schedule, now: next, lastAnswered: next }).due).toBe(false);
      }),
    );
  });
});
