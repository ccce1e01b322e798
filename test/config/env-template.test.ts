import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { defaultSettings } from '../../config/default.ts';
import { mergeLayers } from '../../config/layers.ts';
import { variableName } from '../../config/variable-layer.ts';
import transit from '../../dags/transit.ts';

const template = parseEnv(readFileSync(new URL('../../env.template', import.meta.url), 'utf8'));

it('env.template names every secret of the transit DAG', () => {
  const secrets = transit.components.flatMap((component) => component.secrets);
  expect(secrets.length).toBeGreaterThan(0);
  expect(Object.keys(template)).toEqual(expect.arrayContaining(secrets));
});

it('env.template names the variable of every setting that has one', () => {
  const { origins } = mergeLayers([{ from: 'defaults', values: { ...defaultSettings } }]);
  const given = origins.filter(({ value }) => typeof value !== 'object' || Array.isArray(value));
  const names = given.map(({ path }) => variableName(path.split('.')));
  expect(names).toContain('SIGNALBOX_RETRIES_MAX_DELAY');
  expect(Object.keys(template)).toEqual(expect.arrayContaining(names));
});

it('env.template gives nothing a value, so that a copy of it changes nothing', () => {
  expect(Object.values(template).filter((value) => value !== '')).toEqual([]);
});
