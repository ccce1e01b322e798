import { showTime } from '../model/show-time.ts';
import type { Schedule } from './schedule.ts';
import { newestSlot, nextSlot } from './slots.ts';

export interface DueFacts {
  /** Undefined: the component has neither frequency nor cron. */
  readonly schedule?: Schedule | undefined;
  readonly now: Date;
  /** The slot that the run answers for; undefined for a run that answers for whatever is open now. */
  readonly slot?: Date | undefined;
  /**
   * Up to when slots are answered: of the newest `success` or `unchanged`, the slot of its run or, for a run without one,
   * when it was decided. Failed, timed out, lost and interrupted ones answer nothing. In a run for an old slot (a catch-up,
   * a backfill) the newest that is not after that slot, or else later answers count for it.
   */
  readonly lastAnswered?: Date | undefined;
  /** Of a slot that nothing has answered: whether nobody is to make up for it. */
  readonly isGivenUp?: ((slot: Date) => boolean) | undefined;
}

export interface Due {
  readonly due: boolean;
  readonly reason: 'due' | 'never_succeeded' | 'no_schedule' | 'not_due';
  /** One sentence for people. */
  readonly because: string;
  readonly newestSlot?: Date;
  /** The slot after that: when it is due again, or for the first time. */
  readonly nextSlot?: Date;
  /** For the record: the instants that the answer was made from. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Whether a component is due in a run that answers for slots: when its newest slot, as of the slot of the run, has no
 * answer. A catch-up run and a backfill thus see the component's slots as they were then.
 */
export function dueOf(facts: DueFacts): Due {
  const { schedule, now, slot, lastAnswered } = facts;
  const asOf = slot ?? now;
  const newest = schedule && newestSlot(schedule, asOf);
  const next = schedule && nextSlot(schedule, asOf);
  return {
    ...answer(facts, newest, next),
    ...(newest && { newestSlot: newest }),
    ...(next && { nextSlot: next }),
    inputs: recordOf({ now, slot, newestSlot: newest, nextSlot: next, lastAnswered }),
  };
}

function answer(
  { schedule, slot, lastAnswered, isGivenUp }: DueFacts,
  newest: Date | undefined,
  next: Date | undefined,
): Pick<Due, 'due' | 'reason' | 'because'> {
  if (schedule === undefined) {
    return { due: true, reason: 'no_schedule', because: 'it has neither frequency nor cron: each run asks it' };
  }
  if (lastAnswered === undefined) {
    const when = slot === undefined ? 'yet' : `for a slot up to ${showTime(slot)}`;
    return { due: true, reason: 'never_succeeded', because: `it has not succeeded ${when}` };
  }
  const until = next === undefined ? '' : `; its next one is ${showTime(next)}`;
  if (newest !== undefined && lastAnswered < newest) {
    if (isGivenUp?.(newest)) {
      const because = `its slot of ${showTime(newest)} was missed, and is not caught up${until}`;
      return { due: false, reason: 'not_due', because };
    }
    return { due: true, reason: 'due', because: `nothing has answered its slot of ${showTime(newest)} yet` };
  }
  const answered = newest === undefined ? 'it has had no slot yet' : `its slot of ${showTime(newest)} is answered`;
  return { due: false, reason: 'not_due', because: `${answered}${until}` };
}

function recordOf(instants: Readonly<Record<string, Date | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(instants).flatMap(([name, instant]) =>
      instant === undefined ? [] : [[name, instant.toISOString()]],
    ),
  );
}
