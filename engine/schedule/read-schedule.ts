import { parseCronSyntax } from '../model/cron.ts';
import { isTimeZone } from '../model/time-zone.ts';
import { unionOf } from './dag-schedule.ts';
import { type Schedule, type SingleSchedule, scheduleOf } from './schedule.ts';

/** The schedule that `showSchedule` has shown so; undefined for the empty text, and for one that this engine cannot read. */
export function readSchedule(text: string): Schedule | undefined {
  const parts = text.split(', ').map(readSingle);
  return parts.includes(undefined) ? undefined : unionOf(parts);
}

function readSingle(text: string): SingleSchedule | undefined {
  const [, every] = /^every (\d+)ms$/.exec(text) ?? [];
  if (every !== undefined) return { kind: 'every', everyMs: Number(every) };
  const [, cron, timeZone] = /^(.+) (\S+)$/.exec(text) ?? [];
  if (cron === undefined || timeZone === undefined || !isTimeZone(timeZone) || !parseCronSyntax(cron).ok)
    return undefined;
  return scheduleOf({ cron }, timeZone);
}
