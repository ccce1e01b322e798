import { component, defineDag } from 'signalbox';
import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { applyOverlay } from '../../config/overlay.ts';
import type { SettingsLayer } from '../../config/schema.ts';

const dag = defineDag({
  id: 'steps',
  components: [
    component({ id: 'first', timeout: '1m', params: { pages: 3, size: 10 }, run: async () => 1 }),
    component({ id: 'second', run: async () => 2 }),
  ],
});

function overlaid(dags: NonNullable<SettingsLayer['dags']>) {
  const { settings } = loadConfig({ environment: 'dev', processEnvironment: {}, overrides: { dags } });
  return applyOverlay(dag, settings);
}

it('leaves a DAG that it does not name as it is', () => {
  expect(overlaid({ other: { timeout: '1h' } })).toBe(dag);
});

it('changes what it names, and nothing else', () => {
  const changed = overlaid({
    steps: {
      timeout: '1h',
      components: { first: { timeout: '2m', params: { pages: 1 }, retries: { max: 9 } }, second: { enabled: false } },
    },
  });
  const [first, second] = changed.components;
  expect(changed).toMatchObject({ id: 'steps', timeoutMs: 3_600_000 });
  expect(first).toMatchObject({
    timeoutMs: 120_000,
    params: { pages: 1, size: 10 },
    retries: { max: 9 },
    enabled: true,
  });
  expect(second?.enabled).toBe(false);
  expect(dag.components[0]?.timeoutMs).toBe(60_000);
});

it('changes params leaf by leaf, whatever their names', () => {
  const limited = defineDag({
    id: 'steps',
    components: [
      component({
        id: 'first',
        params: { limits: { bytes: 9, 'per.file': 3 }, list: [1, 2], none: {} },
        run: async () => 1,
      }),
    ],
  });
  const dags = { steps: { components: { first: { params: { limits: { 'per.file': 1 }, list: [3] } } } } };
  const { settings } = loadConfig({ environment: 'dev', processEnvironment: {}, overrides: { dags } });
  expect(applyOverlay(limited, settings).components[0]?.params).toEqual({
    limits: { bytes: 9, 'per.file': 1 },
    list: [3],
    none: {},
  });
});

it('refuses a component that the DAG has not', () => {
  expect(() => overlaid({ steps: { components: { frist: { enabled: false } } } })).toThrow(
    expect.objectContaining({ message: expect.stringContaining('got `frist`'), hint: 'It has first, second.' }),
  );
});

it('says when, in place of the DAG and its components', () => {
  const scheduled = defineDag({
    id: 'steps',
    schedule: '0 * * * *',
    components: [
      component({ id: 'first', cron: '30 6 * * *', run: async () => 1 }),
      component({ id: 'second', frequency: 'hourly', run: async () => 2 }),
    ],
  });
  const dags = {
    steps: {
      schedule: '@daily',
      catchup: 'all',
      tolerance: '10m',
      catchupWindow: '2d',
      components: { first: { frequency: { every: '90m' } }, second: { cron: '15 * * * *' } },
    },
  } as const;
  const { settings } = loadConfig({ environment: 'dev', processEnvironment: {}, overrides: { dags } });
  const changed = applyOverlay(scheduled, settings);
  expect(changed).toMatchObject({
    schedule: '@daily',
    catchup: 'all',
    toleranceMs: 600_000,
    catchupWindowMs: 172_800_000,
  });
  expect(changed.components.map(({ cron, frequency }) => ({ cron, frequency }))).toEqual([
    { cron: undefined, frequency: { every: 5_400_000 } },
    { cron: '15 * * * *', frequency: undefined },
  ]);
});

it('refuses a schedule that cron would not take, with its place and the field that is wrong', () => {
  expect(() => overlaid({ steps: { schedule: '61 * * * *', components: {} } })).toThrow(
    /dags\.steps\.schedule: expected .*field 1 \(minute\).*from 0 to 59.*`"61 \* \* \* \*"` from createEngine\(\)/,
  );
  const frequency = 'fortnightly' as 'daily';
  expect(() => overlaid({ steps: { components: { first: { frequency } } } })).toThrow(
    /dags\.steps\.components\.first\.frequency: expected one of hourly, daily, .*got `"fortnightly"`/,
  );
});

it('refuses both a frequency and a cron expression for one component', () => {
  expect(() => overlaid({ steps: { components: { first: { frequency: 'daily', cron: '@daily' } } } })).toThrow(
    'expected one of `dags.steps.components.first.frequency` and `dags.steps.components.first.cron`, got both',
  );
});
