import { devSettings } from './dev.ts';
import { prdSettings } from './prd.ts';
import { sandboxSettings } from './sandbox.ts';
import type { SettingsLayer } from './schema.ts';

/** Every environment by name, with its overlay. */
export const environments: Readonly<Record<string, SettingsLayer>> = {
  sandbox: sandboxSettings,
  dev: devSettings,
  prd: prdSettings,
};

export const environmentNames: readonly string[] = Object.keys(environments);
