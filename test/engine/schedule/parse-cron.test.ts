import { CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CronFields, cronAliases } from '../../../engine/model/cron.ts';
import { parseCron } from '../../../engine/schedule/parse-cron.ts';

function fieldsOf(text: string): CronFields | undefined {
  const parsed = parseCron(text);
  return parsed.ok ? parsed.fields : undefined;
}

function refusalOf(text: string): string | undefined {
  const parsed = parseCron(text);
  return parsed.ok ? undefined : parsed.problem.expected;
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('what is accepted', () => {
  test.each<[string, Partial<CronFields>]>([
    [
      '0 * * * *',
      { minute: [0], hour: range(0, 23), dayOfMonth: range(1, 31), month: range(1, 12), dayOfWeek: range(0, 6) },
    ],
    ['*/15 * * * *', { minute: [0, 15, 30, 45] }],
    ['5,1,5-7 * * * *', { minute: [1, 5, 6, 7] }],
    ['10-40/15 * * * *', { minute: [10, 25, 40] }],
    ['0 0 1 jan-MAR *', { month: [1, 2, 3] }],
    ['0 0 * * MON-FRI', { dayOfWeek: [1, 2, 3, 4, 5] }],
    ['0 0 * * 7', { dayOfWeek: [0] }],
    ['0 0 * * 5-7', { dayOfWeek: [0, 5, 6] }],
    ['0 0 * * SUN,6', { dayOfWeek: [0, 6] }],
    ['0 0 29 2 *', { dayOfMonth: [29], month: [2] }],
    ['0 0 31 4 1', { dayOfMonth: [31], month: [4], dayOfWeek: [1] }],
    ['  0\t0 1   1 *  ', { minute: [0], hour: [0], dayOfMonth: [1], month: [1] }],
  ])('%s', (text, expected) => {
    expect(fieldsOf(text)).toMatchObject(expected);
  });

  test('a list may name a value twice, and is kept as it was written', () => {
    const expected = { minute: [1, 5, 6, 7], dayOfMonth: range(1, 31), month: [1, 3, 5, 7, 9, 11], dayOfWeek: [1] };
    const parsed = parseCron(' 5,1,5-7  *\t3,*,4 */2 1');
    expect(parsed).toMatchObject({ ok: true, expression: '5,1,5-7 * 3,*,4 */2 1', fields: expected });
  });

  test.each(Object.entries(cronAliases))('%s is %s', (alias, expression) => {
    expect(parseCron(alias)).toMatchObject({ ok: true, expression, fields: fieldsOf(expression) });
  });
});

function field(index: number, label: string, values: string, got: string): string {
  return `a cron expression whose field ${index} (${label}) is made of *, values from ${values}, rising ranges and steps of ranges, not \`${got}\``;
}

describe('what is refused', () => {
  const five = 'a cron expression of five fields (minute, hour, day of month, month, day of week), such as `0 * * * *`';
  const minute = (got: string) => field(1, 'minute', '0 to 59', got);

  test.each([
    ['', five],
    ['0 0 *', five],
    ['0 0 0 * * *', five],
    ['@reboot', `one of ${Object.keys(cronAliases).join(' ')}`],
    ['@Daily', `one of ${Object.keys(cronAliases).join(' ')}`],
    ['61 * * * *', minute('61')],
    ['-1 * * * *', minute('-1')],
    ['1.5 * * * *', minute('1.5')],
    ['H * * * *', minute('H')],
    ['? * * * *', minute('?')],
    ['1,,2 * * * *', minute('1,,2')],
    ['*/0 * * * *', minute('*/0')],
    ['*/60 * * * *', minute('*/60')],
    ['5/15 * * * *', minute('5/15')],
    ['40-10 * * * *', minute('40-10')],
    ['* 24 * * *', field(2, 'hour', '0 to 23', '24')],
    ['* * 0 * *', field(3, 'day of month', '1 to 31', '0')],
    ['* * L * *', field(3, 'day of month', '1 to 31', 'L')],
    ['* * * 13 *', field(4, 'month', '1 to 12 or JAN-DEC', '13')],
    ['* * * MON *', field(4, 'month', '1 to 12 or JAN-DEC', 'MON')],
    ['* * * * 8', field(5, 'day of week', '0 to 7 or SUN-SAT', '8')],
    ['* * * * 1#2', field(5, 'day of week', '0 to 7 or SUN-SAT', '1#2')],
    ['* * * * FRI-MON', field(5, 'day of week', '0 to 7 or SUN-SAT', 'FRI-MON')],
    ['0 0 31 2,4 *', 'a cron expression whose days exist in its months'],
  ])('`%s`', (text, expected) => {
    expect(refusalOf(text)).toBe(expected);
  });
});

/** A field's text and the values it means, made together. */
function fieldText(low: number, high: number): fc.Arbitrary<{ text: string; values: number[] }> {
  const value = fc.integer({ min: low, max: high }).map((one) => ({ text: `${one}`, values: [one] }));
  const span = fc
    .tuple(
      fc.integer({ min: low, max: high }),
      fc.integer({ min: low, max: high }),
      fc.integer({ min: 1, max: high - low }),
    )
    .map(([one, other, step]) => {
      const [first, last] = [Math.min(one, other), Math.max(one, other)];
      const usable = Math.max(1, Math.min(step, last - first));
      const values = range(first, last).filter((each) => (each - first) % usable === 0);
      return { text: usable === 1 ? `${first}-${last}` : `${first}-${last}/${usable}`, values };
    });
  const star = fc.constant({ text: '*', values: range(low, high) });
  return fc.array(fc.oneof(value, span, star), { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    values: [...new Set(parts.flatMap(({ values }) => values))].toSorted((left, right) => left - right),
  }));
}

test('the fields mean what was written, and cron-parser reads the same', () => {
  fc.assert(
    fc.property(
      fieldText(0, 59),
      fieldText(0, 23),
      fieldText(1, 31),
      fieldText(1, 12),
      fieldText(0, 6),
      (minute, hour, dayOfMonth, month, dayOfWeek) => {
        const text = [minute, hour, dayOfMonth, month, dayOfWeek].map((each) => each.text).join(' ');
        fc.pre((dayOfMonth.values[0] as number) <= 28);
        const parsed = parseCron(text);
        expect(parsed.ok && parsed.fields).toEqual({
          minute: minute.values,
          hour: hour.values,
          dayOfMonth: dayOfMonth.values,
          month: month.values,
          dayOfWeek: dayOfWeek.values,
        });
        // It refuses a list that names a value twice.
        const written = [minute, hour, dayOfMonth, month, dayOfWeek].map((each) =>
          each.text.includes(',') ? each.values.join(',') : each.text,
        );
        const theirs = CronExpressionParser.parse(written.join(' ')).fields;
        expect(theirs.minute.values).toEqual(minute.values);
        expect(theirs.hour.values).toEqual(hour.values);
        // It leaves out days that no month of the expression has.
        expect(theirs.dayOfMonth.values.filter((day) => Number(day) <= 28)).toEqual(
          dayOfMonth.values.filter((day) => day <= 28),
        );
        expect(theirs.month.values).toEqual(month.values);
        expect(new Set(theirs.dayOfWeek.values.map((day) => Number(day) % 7))).toEqual(new Set(dayOfWeek.values));
      },
    ),
  );
});
