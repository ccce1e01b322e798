import { beforeAll, describe, expect, it } from 'vitest';
import { type CronSchedule, scheduleOf } from '../../../engine/schedule/schedule.ts';
import { countSlots, newestSlot, slotsBetween } from '../../../engine/schedule/slots.ts';
import { minuteMs, type Walk, type WalkedPattern, walk, walkedPattern, walkedSlots } from './walk.ts';
import { years, type ZoneGroup, zoneGroups } from './zone-groups.ts';

/** With TEST_DEEP=1 every zone is walked, not one of each group, and further: some minutes. */
const isDeep = process.env.TEST_DEEP === '1';
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** In the first half minute or hour repeat; the others are fixed. */
const patterns = `
  * * * * *; */5 * * * *; */7 * * * *; */15 * * * *; */30 * * * *; 0 * * * *; 30 * * * *; 59 * * * *;
  0 */2 * * *; 0 */3 * * *; 15 */5 * * *; * 2 * * *; */15 2 * * *; */20 0,1,2,3 * * *; 0-30/10 1-3 * * *;
  15,45 * * * *; 0 0-22/2 * * *; 10-40/15 23 * * *; */10,7 0-4 * * *; 30 2,* * * *;
  0 0 * * *; 30 0 * * *; 0 1 * * *; 30 1 * * *; 0 2 * * *; 15 2 * * *; 30 2 * * *; 0 3 * * *; 45 3 * * *;
  0 4 * * *; 0 22 * * *; 0 23 * * *; 59 23 * * *; 0,15,30,45 2 * * *; 0-59 1 * * *; 0 0-23 * * *;
  0-59 0-23 * * *; 30 0-6 * * *; 20,50 0,1,2,3,4,22,23 * * *; 5 0,2,3,23 * * *; 0 0 * * 1; 30 2 * * 0;
  30 2 * * 7; 0 0 1 * *; 0 0 1 1 *; 0 2 8-14 3 *; 30 1 25-31 10 0; 0 0 */2 * 1; 30 2 31 3 6,0; 0 3 29 2 *
`
  .trim()
  .split(/\s*;\s*/);

interface Case {
  readonly pattern: WalkedPattern;
  readonly schedule: CronSchedule;
}

function casesOf(timeZone: string): readonly Case[] {
  return patterns.map((text) => ({
    pattern: walkedPattern(text),
    schedule: scheduleOf({ cron: text }, timeZone) as CronSchedule,
  }));
}

/** Where the engine and the walk differ, or where slots do not rise, from `from` up to `to`. */
function differences(cases: readonly Case[], walked: Walk, from: number, to: number): string[] {
  return cases.flatMap(({ pattern, schedule }) => {
    const expected = walkedSlots(pattern, walked).filter((slot) => from <= slot && slot <= to);
    const slots = slotsBetween(schedule, new Date(from - 1), new Date(to)).map(Number);
    const isCounted = countSlots(schedule, new Date(from - 1), new Date(to)) === slots.length;
    const backwards = slotsBackwards(schedule, from, to);
    const isRising = slots.every((slot, index) => index === 0 || slot > (slots[index - 1] as number));
    const isSame = areEqual(slots, expected) && areEqual(backwards.toReversed(), expected);
    if (isCounted && isRising && isSame) return [];
    return [
      `${schedule.timeZone} \`${pattern.text}\` around ${new Date(from).toISOString()}: ${String(expected)} is ${String(slots)}`,
    ];
  });
}

function areEqual(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

/** From the newest one back to `from`. */
function slotsBackwards(schedule: CronSchedule, from: number, to: number): readonly number[] {
  const slots: number[] = [];
  let slot = newestSlot(schedule, new Date(to));
  while (slot !== undefined && slot.getTime() >= from) {
    slots.push(slot.getTime());
    slot = newestSlot(schedule, new Date(slot.getTime() - 1));
  }
  return slots;
}

function differencesAround(zone: string, transition: number, cases: readonly Case[]): string[] {
  const reach = (isDeep ? 30 : 3) * hourMs;
  const walked = walk(zone, transition - reach, transition + reach);
  return differences(cases, walked, transition - reach, transition + reach);
}

describe('slots, beside a walk over every minute', { timeout: isDeep ? 3_600_000 : 120_000 }, () => {
  let groups: readonly ZoneGroup[] = [];

  beforeAll(() => {
    groups = zoneGroups(isDeep ? 2 * hourMs : 3 * dayMs);
  }, 1_800_000);

  const walkedZones = () =>
    groups.flatMap(({ zones, transitions }) =>
      (isDeep ? zones : [zones[0]]).map((zone, index) => ({ zone, transitions, index })),
    );

  it('covers every zone of this Node', () => {
    expect(groups.flatMap(({ zones }) => zones)).toHaveLength(Intl.supportedValuesOf('timeZone').length + 1);
    expect(groups.filter(({ transitions }) => transitions.length > 30).length).toBeGreaterThan(20);
    expect(new Set(patterns).size).toBeGreaterThanOrEqual(40);
  });

  it('are the same around every move of a clock from 2020 to 2037', () => {
    const found = walkedZones().flatMap(({ zone, transitions }) => {
      const cases = casesOf(zone);
      return transitions.flatMap((transition) => differencesAround(zone, transition, cases));
    });
    expect(found).toEqual([]);
  });

  it('are the same over sample weeks of every zone', () => {
    const found = walkedZones().flatMap(({ zone }, index) => {
      const cases = casesOf(zone);
      // Another week for each zone, at steps that have nothing to do with years.
      const from = years.from + ((index * 41) % 6_500) * dayMs;
      const length = (isDeep ? 21 : 3) * dayMs;
      // Whoever begins inside an hour that is shown twice cannot know that: the walk begins earlier.
      const walked = walk(zone, from - 3 * hourMs, from + length);
      return differences(cases, walked, from, from + length);
    });
    expect(found).toEqual([]);
  });
});
