import { describe, expect, test } from 'vitest';
import { idPhrase, lineOf, made, problemsOf, problemsWith } from './problems-of.ts';

const baseUrl = 'an http(s) address without credentials, query or trailing slash, such as https://example.org/api';
const command = 'a list of the program and its arguments, texts without NUL, such as ["python3", "load.py"]';

describe('a wrong value of a component', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  test.each<[string, object, string]>([
    ['duration: a number', { timeout: 30 }, 'components.one.timeout: a duration such as 30s, got `30` (number)'],
    ['duration: no unit', { timeout: '30' }, 'components.one.timeout: a duration such as 30s, got `30`'],
    ['duration: zero', { timeout: '0s' }, 'components.one.timeout: a duration such as 30s, got `0s`'],
    ['duration: empty', { timeout: '' }, 'components.one.timeout: a duration such as 30s, got an empty string'],
    [
      'rule',
      { rule: 'all_sucess' },
      'components.one.rule: one of all_success, all_done, one_success, one_failed, none_failed, none_failed_min_one_success, none_skipped, always, got `all_sucess`; did you mean `all_success`?',
    ],
    [
      'frequency: word',
      { frequency: 'dayly' },
      'components.one.frequency: one of hourly, daily, weekly, monthly, yearly, got `dayly`; did you mean `daily`?',
    ],
    [
      'frequency: every',
      { frequency: { every: '90' } },
      'components.one.frequency.every: a duration such as 30s, got `90`',
    ],
    [
      'frequency: unknown key',
      { frequency: { evry: '90m', every: '90m' } },
      'components.one.frequency.evry: a known option, got `90m`; did you mean `every`?',
    ],
    [
      'cron and frequency',
      { cron: '@daily', frequency: 'daily' },
      'components.one.cron: left out where `frequency` is given, got `@daily`; keep one of the two',
    ],
    [
      'cron: minute',
      { cron: '61 * * * *' },
      'components.one.cron: a cron expression whose field 1 (minute) is made of *, values from 0 to 59, rising ranges and steps of ranges, not `61`, got `61 * * * *`',
    ],
    [
      'cron: no text',
      { cron: 5 },
      'components.one.cron: a cron expression such as `0 * * * *` or @daily, got `5` (number)',
    ],
    ['retries: too many', { retries: 101 }, 'components.one.retries: a whole number from 0 to 100, got `101` (number)'],
    [
      'retries: a fraction',
      { retries: 1.5 },
      'components.one.retries: a whole number from 0 to 100, got `1.5` (number)',
    ],
    [
      'retries: negative in an object',
      { retries: { max: -1 } },
      'components.one.retries.max: a whole number from 0 to 100, got `-1` (number)',
    ],
    [
      'retries: unknown key',
      { retries: { max: 1, dealy: '1s' } },
      'components.one.retries.dealy: a known option, got `1s`; did you mean `delay`?',
    ],
    [
      'retries: delays the wrong way round',
      { retries: { max: 1, delay: '10m', maxDelay: '1m' } },
      'components.one.retries.maxDelay: at least as long as `delay`, got `1m`',
    ],
    [
      'group: not declared',
      { group: 'ptv' },
      "components.one.group: one of the groups of the DAG, got `ptv`; declare it: groups: { 'ptv': { concurrency: 2 } }",
    ],
    [
      'neither run nor command',
      { run: undefined },
      'components.one: a component with exactly one of `run` and `command`, got neither',
    ],
    [
      'both run and command',
      { command: ['true'] },
      'components.one: a component with exactly one of `run` and `command`, got both',
    ],
    [
      'command: a text',
      { run: undefined, command: 'python3 load.py' },
      `components.one.command: ${command}, got \`python3 load.py\``,
    ],
    ['command: empty', { run: undefined, command: [] }, `components.one.command: ${command}, got an empty array`],
    ['command: NUL', { run: undefined, command: ['echo', 'a\0b'] }, `components.one.command: ${command}, got an array`],
    ['command: no text', { run: undefined, command: ['sleep', 1] }, `components.one.command: ${command}, got an array`],
    ['run: no function', { run: 'load' }, 'components.one.run: an async function (context) => output, got `load`'],
    [
      'isolation',
      { isolation: 'proces' },
      'components.one.isolation: one of process, inline, got `proces`; did you mean `process`?',
    ],
    [
      'secrets',
      { secrets: ['PTV_KEY', 'ptv-key'] },
      'components.one.secrets[1]: the name of a secret: upper-case letters, digits and underscores, such as PTV_KEY, got `ptv-key`',
    ],
    ['params: no object', { params: [1] }, 'components.one.params: a JSON object, got an array'],
    [
      'params: a date',
      { params: { since: { day: new Date(0) } } },
      'components.one.params.since.day: JSON, got an object',
    ],
    ['params: undefined', { params: { a: undefined } }, 'components.one.params.a: JSON, got nothing'],
    ['params: not a number', { params: { a: [1, Number.NaN] } }, 'components.one.params.a.1: JSON, got `NaN` (number)'],
    ['params: a text that jsonb refuses', { params: { a: '\ud800' } }, 'components.one.params.a: JSON, got `\ud800`'],
    [
      'baseUrl: trailing slash',
      { baseUrl: 'https://example.org/' },
      `components.one.baseUrl: ${baseUrl}, got \`https://example.org/\``,
    ],
    [
      'baseUrl: other scheme',
      { baseUrl: 'file:///etc/passwd' },
      `components.one.baseUrl: ${baseUrl}, got \`file:///etc/passwd\``,
    ],
    [
      'baseUrl: query',
      { baseUrl: 'https://example.org?a=1' },
      `components.one.baseUrl: ${baseUrl}, got \`https://example.org?a=1\``,
    ],
    [
      'baseUrl: a password is not repeated',
      { baseUrl: 'https://me:hunter2@example.org' },
      `components.one.baseUrl: ${baseUrl}, got an address with credentials`,
    ],
    ['output: no schema', { output: { type: 'object' } }, 'components.one.output: a zod schema, got an object'],
    [
      'sandbox',
      { sandbox: { name: 'gtfs' } },
      'components.one.sandbox: a sandbox part: { name, layout, open }, got an object',
    ],
    ['version: empty', { version: '' }, 'components.one.version: a text that is not empty, got an empty string'],
    ['enabled', { enabled: 'no' }, 'components.one.enabled: true or false, got `no`'],
    ['unknown key', { tiemout: '30s' }, 'components.one.tiemout: a known option, got `30s`; did you mean `timeout`?'],
    [
      'dependsOn: a name',
      { dependsOn: { two: 'two' } },
      'components.one.dependsOn.two: a component made by component(), or optional(…) of one, got `two`',
    ],
    ['id: upper case', { id: 'One' }, `components[0].id: ${idPhrase}, got \`One\``],
    ['id: underscore', { id: 'a_b' }, `components[0].id: ${idPhrase}, got \`a_b\``],
    ['id: 64 bytes', { id: 'a'.repeat(64) }, `components[0].id: ${idPhrase}, got \`${'a'.repeat(64)}\``],
    ['id: missing', { id: undefined }, `components[0].id: ${idPhrase}, got nothing`],
  ])('%s', (_name, options, expected) => {
    expect(problemsWith(options).map(lineOf)).toEqual([expected]);
  });

  test('params that hold themselves are refused, not followed for ever', () => {
    expect(problemsWith({ params: circle })).toMatchObject([{ expected: 'JSON', got: 'an object' }]);
  });

  test('a word far from every option is answered with the options', () => {
    expect(problemsWith({ zzz: 1 })[0]?.hint).toMatch(/^known are id, description, version, dependsOn, /);
  });

  test('a name in dependsOn must be usable as a name', () => {
    const upstream = made({ id: 'up', run: async () => 1 });
    const down = made({ id: 'down', dependsOn: { '1st': upstream }, run: async () => 1 });
    expect(problemsOf({ id: 'dag', components: [upstream, down] })).toMatchObject([
      { path: 'components.down.dependsOn.1st', got: '`1st`' },
    ]);
  });

  test('a component without a definition is a problem like any other', () => {
    expect(problemsOf({ id: 'dag', components: [made(undefined)] }).map(lineOf)).toContain(
      'components[0]: an object of component options, got nothing',
    );
  });
});
