import type { DueAnswer } from '../decide/facts.ts';
import type { Dag } from '../model/component.ts';
import type { DataInterval } from '../model/context.ts';
import { showTime } from '../model/show-time.ts';
import type { RunSchedules } from '../run/ports.ts';
import { dagScheduleOf } from '../schedule/dag-schedule.ts';
import { dueOf } from '../schedule/due.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { intervalOf, newestSlot } from '../schedule/slots.ts';
import type { IsGivenUp } from './given-up.ts';

export function runSchedulesOf(dag: Dag, isGivenUp?: IsGivenUp): RunSchedules {
  const { own, components } = dagScheduleOf(dag);
  // Most components of a large DAG share few schedules, and all of them one as_of.
  const intervals = new Map<Schedule | undefined, { readonly asOf: Date; readonly interval: DataInterval }>();
  /** A backfill makes what was due since the slot before its own, whatever has been answered since. */
  const slotBefore = (slot: Date) => (own ? intervalOf(own, slot).start : slot);
  return {
    dueOf: ({ id }, { trigger, now, asOf, answeredUntil }) => {
      if (trigger === 'retry') return reopenedDue(asOf, answeredUntil);
      if (trigger === 'backfill') return backfillDue(components.get(id), slotBefore(asOf), asOf);
      return dueOf({ schedule: components.get(id), now, slot: asOf, lastAnswered: answeredUntil, isGivenUp });
    },
    intervalOf: ({ id }, asOf) => {
      const schedule = components.get(id) ?? own;
      const known = intervals.get(schedule);
      if (known?.asOf === asOf) return known.interval;
      const interval = closedInterval(schedule, asOf);
      intervals.set(schedule, { asOf, interval });
      return interval;
    },
  };
}

function backfillDue(schedule: Schedule | undefined, before: Date, asOf: Date): DueAnswer {
  const newest = schedule && newestSlot(schedule, asOf);
  const inputs = { after: before.toISOString(), upTo: asOf.toISOString() };
  if (!schedule) return { due: true, reason: 'no_schedule', because: 'it belongs to every slot of the DAG', inputs };
  if (newest && newest > before) {
    return { due: true, reason: 'due', because: `its slot of ${showTime(newest)} is to be filled`, inputs };
  }
  const because = `it has no slot after ${showTime(before)} up to ${showTime(asOf)}`;
  return { due: false, reason: 'not_due', because, inputs };
}

/** A reopened slot stands for the run that it was deferred in, which may have been one by hand. */
function reopenedDue(asOf: Date, answeredUntil: Date | undefined): DueAnswer {
  const inputs = { asOf: asOf.toISOString(), ...(answeredUntil && { lastAnswered: answeredUntil.toISOString() }) };
  const slot = `its slot of ${showTime(asOf)}`;
  if (answeredUntil === undefined || answeredUntil < asOf) {
    return { due: true, reason: 'due', because: `${slot} was reopened when it was deferred`, inputs };
  }
  return { due: false, reason: 'not_due', because: `${slot} was deferred, and has been answered since`, inputs };
}

function closedInterval(schedule: Schedule | undefined, asOf: Date): DataInterval {
  const newest = schedule && newestSlot(schedule, asOf);
  return schedule && newest ? intervalOf(schedule, newest) : { start: asOf, end: asOf };
}
