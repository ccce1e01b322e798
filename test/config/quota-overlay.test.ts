import { component, defineDag, quota } from 'signalbox';
import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { applyOverlay } from '../../config/overlay.ts';
import type { SettingsLayer } from '../../config/schema.ts';

const ptv = quota('ptv', { limit: 100, per: 'day', reserve: 20 });
const dag = defineDag({
  id: 'steps',
  components: [
    component({ id: 'first', quota: ptv, run: async () => 1 }),
    component({ id: 'second', run: async () => 2 }),
  ],
});

function overlaid(quotas: NonNullable<SettingsLayer['quotas']>) {
  const { settings } = loadConfig({ environment: 'dev', processEnvironment: {}, overrides: { quotas } });
  return applyOverlay(dag, settings);
}

it('leaves a DAG whose quotas it does not name as it is', () => {
  expect(overlaid({ other: { limit: 5 } })).toBe(dag);
});

it('changes the numbers that it names, for every component that uses the quota', () => {
  const { components } = overlaid({ ptv: { limit: 50 } });
  expect(components[0]?.quota).toMatchObject({ limit: 50, reserve: 20, per: 'day' });
  expect(components[1]?.quota).toBeUndefined();
  expect(dag.components[0]?.quota?.limit).toBe(100);
});

it('refuses a limit that would leave nothing but the reserve', () => {
  expect(() => overlaid({ ptv: { limit: 20 } })).toThrow(
    expect.objectContaining({ message: expect.stringContaining('less than its limit of 20, got 20') }),
  );
});

it('refuses what is no setting of a quota', () => {
  expect(() => overlaid({ ptv: { limits: 20 } as never })).toThrow(/quotas\.ptv/);
});
