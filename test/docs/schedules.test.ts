import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { frequencies } from '../../engine/model/component.ts';
import { cronAliases } from '../../engine/model/cron.ts';
import { catchupPolicies, missedReasons, slotStatuses } from '../../engine/model/slot.ts';
import { type Schedule, scheduleOf } from '../../engine/schedule/schedule.ts';
import { slotsBetween } from '../../engine/schedule/slots.ts';
import { clockOf, type Minute, walk } from '../engine/schedule/walk.ts';

const page = readFileSync(new URL('../../docs/schedules.md', import.meta.url), 'utf8');

/** Cells of the table below this header, row by row. */
function tableBelow(header: string): string[][] {
  const start = page.indexOf(`${header}\n|---`);
  if (start < 0) throw new Error(`docs/schedules.md has no table ${header}`);
  const table = page.slice(start).split('\n\n')[0] as string;
  const cells = (row: string) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
  return table.split('\n').slice(2).map(cells);
}

const words = (cells: readonly (string | undefined)[]) => cells.map((cell) => /\w+/.exec(cell ?? '')?.[0]);

/** `03:00+11:00`, for each slot at which the clock of the zone shows this day. */
function slotsOn(zone: string, day: string, pattern: string): string {
  const clock = clockOf(zone);
  const midnight = Date.parse(`${day}T00:00Z`);
  const schedule = scheduleOf({ cron: pattern }, zone) as Schedule;
  const slots = slotsBetween(schedule, new Date(midnight - 86_400_000), new Date(midnight + 2 * 86_400_000));
  const shown = slots.map((slot) => ({ wall: new Date(clock(slot.getTime())).toISOString(), slot }));
  const today = shown.filter(({ wall }) => wall.startsWith(day));
  return today.map(({ wall, slot }) => `${wall.slice(11, 16)}${offset(Date.parse(wall) - slot.getTime())}`).join(' ');
}

/** What the clock would have shown next, and what it showed: `02:00 → 03:00`. */
function moveOn(zone: string, day: string): string | undefined {
  const midnight = Date.parse(`${day}T00:00Z`);
  const { minutes } = walk(zone, midnight - 86_400_000, midnight + 2 * 86_400_000);
  const moved = minutes.findIndex(
    ({ wall }, index) => index > 0 && wall !== (minutes[index - 1] as Minute).wall + 60_000,
  );
  const [before, after] = [minutes[moved - 1], minutes[moved]];
  return before && after && `${time(before.wall + 60_000)} → ${time(after.wall)}`;
}

function time(wall: number): string {
  return new Date(wall).toISOString().slice(11, 16);
}

function offset(ms: number): string {
  const size = new Date(Math.abs(ms)).toISOString().slice(11, 16);
  return `${ms < 0 ? '-' : '+'}${size}`;
}

describe('docs/schedules.md', () => {
  it.each(tableBelow('| time zone | day | clocks go | pattern | slots |'))(
    '%s on %s, %s: %s',
    (zone, day, move, pattern, slots) => {
      expect(move).toBe(moveOn(zone, day));
      expect(slots).toBe(slotsOn(zone, day, pattern.slice(1, -1)) || 'none');
    },
  );

  it('names every frequency, with its pattern, and every alias', () => {
    const rows = tableBelow('| written | slots |');
    for (const frequency of frequencies) {
      const row = rows.find(([written]) => written === `\`frequency: '${frequency}'\``);
      expect(row?.[1]).toMatch(
        new RegExp(`^\`${expressionOf(scheduleOf({ frequency }, 'UTC'))}\``.replaceAll('*', '\\*')),
      );
    }
    for (const alias of Object.keys(cronAliases)) expect(rows.at(-1)?.[1]).toContain(`\`${alias}\``);
  });

  it('names every policy and every reason', () => {
    const policies = tableBelow('| catchup | of the slots that are late | of several slots within the tolerance |');
    expect(words(policies.map(([policy]) => policy))).toEqual(catchupPolicies);
    expect(words(tableBelow('| reason | meaning |').map(([reason]) => reason))).toEqual(missedReasons);
  });

  it('names every status of a slot', () => {
    expect(words(tableBelow('| status | meaning |').map(([status]) => status))).toEqual(slotStatuses);
  });
});

function expressionOf(schedule: Schedule | undefined): string | undefined {
  return schedule?.kind === 'cron' ? schedule.expression : undefined;
}
