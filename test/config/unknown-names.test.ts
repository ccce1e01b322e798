import { component, defineDag, quota } from 'signalbox';
import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import type { SettingsLayer } from '../../config/schema.ts';
import { unknownNames } from '../../config/unknown-names.ts';

const ptv = quota('ptv', { limit: 100, per: 'day' });
const dags = [
  defineDag({ id: 'steps', components: [component({ id: 'first', quota: ptv, run: async () => 1 })] }),
  defineDag({ id: 'others', components: [component({ id: 'second', run: async () => 2 })] }),
];

function unknownIn(overrides: SettingsLayer): readonly (readonly [path: string, hint: string | undefined])[] {
  const names = unknownNames(loadConfig({ environment: 'dev', processEnvironment: {}, overrides }), dags);
  expect(names.every(({ from }) => from === 'createEngine()')).toBe(true);
  return names.map(({ problem: { path, hint } }) => [path, hint]);
}

it('knows the quotas, DAGs and components of all DAGs', () => {
  const first = { components: { first: { enabled: false } } };
  expect(unknownIn({ quotas: { ptv: { limit: 5 } }, dags: { steps: first, others: {} } })).toEqual([]);
});

it('tells every other name, and what was meant', () => {
  const misspelt = { components: { frist: { enabled: false } } };
  const names = unknownIn({ quotas: { pvt: { limit: 5 }, google: {} }, dags: { steps: misspelt, ohters: {} } });
  expect(names).toEqual([
    ['quotas.pvt', 'did you mean `ptv`?'],
    ['quotas.google', 'there is ptv'],
    ['dags.ohters', 'did you mean `others`?'],
    ['dags.steps.components.frist', 'did you mean `first`?'],
  ]);
});
