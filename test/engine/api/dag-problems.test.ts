import { component, DagError, defineDag } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { idPhrase, lineOf, made, problemsOf, problemsWith } from './problems-of.ts';

const run = async () => 1;

describe('a wrong value of the DAG', () => {
  test.each<[string, object, string]>([
    ['id', { id: 'My Dag' }, `id: ${idPhrase}, got \`My Dag\``],
    [
      'time zone',
      { timezone: 'Australia/Melborne' },
      'timezone: a time zone of the IANA database such as Australia/Melbourne, got `Australia/Melborne`; did you mean `Australia/Melbourne`?',
    ],
    [
      'time zone: an offset',
      { timezone: '+10:00' },
      'timezone: a time zone of the IANA database such as Australia/Melbourne, got `+10:00`',
    ],
    [
      'time zone: other case',
      { timezone: 'utc' },
      'timezone: a time zone of the IANA database such as Australia/Melbourne, got `utc`; did you mean `UTC`?',
    ],
    [
      'schedule',
      { schedule: '0 * * *' },
      'schedule: a cron expression of five fields (minute, hour, day of month, month, day of week), such as `0 * * * *`, got `0 * * *`',
    ],
    ['concurrency', { concurrency: 0 }, 'concurrency: a whole number from 1 to 10000, got `0` (number)'],
    [
      'group',
      { groups: { ptv: { concurrency: 'two' } } },
      'groups.ptv.concurrency: a whole number from 1 to 10000, got `two`',
    ],
    [
      'group: a bare number',
      { groups: { ptv: 2 } },
      'groups.ptv: an object such as { concurrency: 2 } or { components: [one, another] }, got `2` (number)',
    ],
    [
      'group: its name',
      { groups: { PTV: { concurrency: 2 } } },
      `groups.PTV: a name of lower-case letters, digits, hyphens and underscores that starts with a letter, got \`PTV\``,
    ],
    [
      'group: neither places nor components',
      { groups: { ptv: {} } },
      'groups.ptv: an object with `concurrency`, `components` or both, got an object',
    ],
    [
      'group: a component of another DAG',
      { groups: { ptv: { components: [made({ id: 'stranger', run: async () => 1 })] } } },
      'groups.ptv.components[0]: one of the components of the DAG, got `stranger`; add it to `components`',
    ],
    ['unknown key', { timezon: 'UTC' }, 'timezon: a known option, got `UTC`; did you mean `timezone`?'],
    ['no components', { components: [] }, 'components: a list of at least one component, got an empty array'],
    [
      'a component that is none',
      { components: [{ id: 'x' }] },
      'components[0]: a component made by component(), got an object',
    ],
  ])('%s', (_name, options, expected) => {
    const components = [made({ id: 'one', run: async () => 1 })];
    expect(problemsOf({ id: 'dag', components, ...options }).map(lineOf)).toEqual([expected]);
  });

  test.each([undefined, null, 7, 'dag'])('%s is no DAG', (definition) => {
    expect(problemsOf(definition)).toMatchObject([{ path: '', expected: 'an object of DAG options' }]);
  });
});

describe('components together', () => {
  test('two components with one id', () => {
    const problems = problemsOf({ id: 'dag', components: [made({ id: 'a', run }), made({ id: 'a', run })] });
    expect(problems).toMatchObject([{ path: 'components.a.id', got: '`a` again' }]);
    expect(problems[0]?.hint).toMatch(/^the first one is at .*problems-of\.ts:\d+$/);
  });

  test('one component listed twice', () => {
    const a = made({ id: 'a', run });
    expect(problemsOf({ id: 'dag', components: [a, a] })).toMatchObject([{ hint: 'the component is listed twice' }]);
  });

  test('an upstream that is not in the DAG', () => {
    const schedule = made({ id: 'schedule', run });
    const reader = made({ id: 'reader', dependsOn: { schedule }, run });
    expect(problemsOf({ id: 'dag', components: [reader] }).map(lineOf)).toEqual([
      'components.reader.dependsOn.schedule: one of the components of the DAG, got `schedule`; add it to `components`',
    ]);
  });

  test('an upstream whose id is nearly that of a component', () => {
    const reader = made({ id: 'reader', dependsOn: { s: made({ id: 'shedule', run }) }, run });
    expect(problemsOf({ id: 'dag', components: [made({ id: 'schedule', run }), reader] })).toMatchObject([
      { got: '`shedule`', hint: 'did you mean `schedule`?' },
    ]);
  });

  test('an upstream that has the id of a component but is another one', () => {
    const reader = made({ id: 'reader', dependsOn: { s: made({ id: 'schedule', run }) }, run });
    expect(problemsOf({ id: 'dag', components: [made({ id: 'schedule', run }), reader] }).map(lineOf)).toEqual([
      'components.reader.dependsOn.s: one of the components of the DAG, got another component with the id `schedule`; create it once and use that one in both places',
    ]);
  });

  test('one upstream under two names', () => {
    const a = made({ id: 'a', run });
    const b = made({ id: 'b', dependsOn: { first: a, second: a }, run });
    expect(problemsOf({ id: 'dag', components: [a, b] }).map(lineOf)).toEqual([
      'components.b.dependsOn.second: another component than `dependsOn.first`, got the same one',
    ]);
  });

  test('a cycle, made by changing a definition afterwards, is shown as its path in the direction of the data', () => {
    const dependsOn: Record<string, unknown> = {};
    const a = made({ id: 'a', dependsOn, run });
    const b = made({ id: 'b', dependsOn: { a }, run });
    const c = made({ id: 'c', dependsOn: { b }, run });
    dependsOn.c = c;
    expect(problemsOf({ id: 'dag', components: [c, a, b] }).map(lineOf)).toEqual([
      'components.c.dependsOn: free of cycles, got the cycle `c → a → b → c`',
    ]);
  });

  test('a timeout longer than that of the DAG', () => {
    expect(problemsWith({ timeout: '3h' }, { timeout: '120m' }).map(lineOf)).toEqual([
      "components.one.timeout: at most the DAG's timeout of 2h 00m, got `3h`",
    ]);
    expect(problemsWith({ timeout: '2h' }, { timeout: '120m' })).toEqual([]);
  });

  test('a group that is nearly declared', () => {
    expect(problemsWith({ group: 'ptvs' }, { groups: { ptv: { concurrency: 1 } } })).toMatchObject([
      { path: 'components.one.group', hint: 'did you mean `ptv`?' },
    ]);
  });
});

describe('the error', () => {
  test('names every problem at once, each with the line it was written on', () => {
    const [file, here] = /\(?([^( ]+):(\d+):\d+\)?$/m.exec(new Error('here').stack ?? '')?.slice(1) ?? [];
    const one = component({ id: 'one', timeout: 30, cron: '61 * * * *', run: async () => 1 } as never);
    const gone = made({ id: 'gone', run: async () => 1 });
    const two = component({ id: 'two', dependsOn: { gone }, rty: 1 } as never);
    expect(() => defineDag({ id: 'Dag', timezone: 'Mars', components: [one, two] })).toThrow(DagError);
    const problems = problemsOf({ id: 'Dag', timezone: 'Mars', components: [one, two] });
    expect(problems.slice(2).map(({ path, where }) => [path, where])).toEqual([
      ['components.one.cron', `${file}:${Number(here) + 1}`],
      ['components.one.timeout', `${file}:${Number(here) + 1}`],
      ['components.two.rty', `${file}:${Number(here) + 3}`],
      ['components.two', `${file}:${Number(here) + 3}`],
      ['components.two.dependsOn.gone', `${file}:${Number(here) + 3}`],
    ]);
    const { message } = new DagError('DAG `Dag`', problems);
    expect(message.split('\n')).toHaveLength(8);
    expect(message.split('\n')[0]).toBe('DAG `Dag` has 7 problems:');
    expect(message).toContain(
      `  expected \`components.one.timeout\` to be a duration such as 30s, got \`30\` (number) (${file}:${Number(here) + 1})`,
    );
  });
});
