import { component, defineDag, describeDag, priority, type QuotaOptions, quota } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { lineOf, made, problemsOf, problemsWith } from './problems-of.ts';

const some = (name: unknown, options: unknown) => quota(name as string, options as QuotaOptions);
const day = { limit: 10, per: 'day' } as const;

describe('a quota', () => {
  test('is kept with its component, defaults written out', () => {
    const ptv = quota('ptv', { limit: 1_000, per: 'day', timezone: 'Australia/Melbourne', reserve: 200 });
    const dag = defineDag({
      id: 'dag',
      components: [
        component({ id: 'one', quota: ptv, run: async () => 1 }),
        component({ id: 'two', quota: priority(ptv), run: async () => 1 }),
        component({ id: 'three', quota: quota('other', day), run: async () => 1 }),
      ],
    });
    const numbers = { name: 'ptv', limit: 1_000, per: 'day', timezone: 'Australia/Melbourne', reserve: 200 };
    expect(dag.components.map((one) => one.quota)).toEqual([
      { ...numbers, priority: false },
      { ...numbers, priority: true },
      { ...day, name: 'other', timezone: 'UTC', reserve: 0, priority: false },
    ]);
    expect(describeDag(dag)).toMatchObject({ components: [{ quota: { name: 'ptv', limit: 1_000 } }, {}, {}] });
  });

  test.each<[string, unknown, string]>([
    ['no quota', { limit: 5 }, 'components.one.quota: a quota made by quota(), or priority(…) of one, got an object'],
    [
      'limit 0',
      some('q', { limit: 0, per: 'day' }),
      'quotas.q.limit: a whole number from 1 to 1000000000, got `0` (number)',
    ],
    [
      'reserve of all',
      some('q', { ...day, reserve: 10 }),
      'quotas.q.reserve: less than its `limit` of 10, got `10` (number); the reserve is a part of the limit: no other call could ever be made',
    ],
    [
      'unknown zone',
      some('q', { ...day, timezone: 'Australia/Melborne' }),
      'quotas.q.timezone: a time zone of the IANA database such as Australia/Melbourne, got `Australia/Melborne`; did you mean `Australia/Melbourne`?',
    ],
    [
      'unknown period',
      some('q', { limit: 1, per: 'days' }),
      'quotas.q.per: one of minute, hour, day, month, got `days`; did you mean `day`?',
    ],
    [
      'unknown key',
      some('q', { ...day, reserv: 3 }),
      'quotas.q.reserv: a known option, got `3` (number); did you mean `reserve`?',
    ],
    ['no options', some('q', undefined), "quotas.q: an object such as { limit: 1_000, per: 'day' }, got nothing"],
    [
      'no credential',
      some('q', { ...day, credential: [] }),
      'quotas.q.credential: a list of at least one name of a secret, got an empty array',
    ],
    [
      'undeclared credential',
      some('q', { ...day, credential: ['KEY'] }),
      'components.one.secrets: a list with KEY, which is the credential of quota `q`, got none',
    ],
  ])('that is impossible is refused: %s', (_, wrong, line) => {
    expect(problemsWith({ quota: wrong }).map(lineOf)).toEqual([line]);
  });

  test('without a name is refused at its place', () => {
    const [problem] = problemsWith({ quota: some('', day) });
    expect(problem?.path).toBe('quotas');
    expect(problem?.where).toMatch(/quota\.test\.ts:\d+$/);
  });

  test('is told wrong once, however many components use it', () => {
    const wrong = some('q', { limit: 0, per: 'day' });
    const components = [1, 2, 3].map((n) => made({ id: `c${n}`, quota: wrong, run: async () => 1 }));
    expect(problemsOf({ id: 'dag', components })).toHaveLength(1);
  });

  test('has one set of numbers under one name', () => {
    const components = [day, { ...day }, { ...day, limit: 11 }].map((options, n) =>
      made({ id: `c${n}`, quota: some('q', options), run: async () => 1 }),
    );
    const [problem, ...others] = problemsOf({ id: 'dag', components });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: 'quotas.q', expected: 'the same as the other quota of this name' });
    expect(problem?.hint).toMatch(/^the first one is at .*quota\.test\.ts:\d+$/);
  });

  test('counts one credential: components that share it declare the same secrets, or it names them', () => {
    const using = (shared: unknown) => [
      made({ id: 'a', quota: shared, secrets: ['KEY'], run: async () => 1 }),
      made({ id: 'b', quota: shared, secrets: ['KEY', 'MAIL'], run: async () => 1 }),
    ];
    const [problem, ...others] = problemsOf({ id: 'dag', components: using(some('q', day)) });
    expect(others).toEqual([]);
    expect(problem && lineOf(problem)).toBe(
      "components.b.secrets: the secrets of `a` (KEY), which shares quota `q`, got KEY, MAIL; or name those that are the account: quota(…, { credential: ['ACCOUNT_KEY'] })",
    );
    expect(problemsOf({ id: 'dag', components: using(some('q', { ...day, credential: ['KEY'] })) })).toEqual([]);
  });
});
