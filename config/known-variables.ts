import { defaultSettings } from './default.ts';
import { settingVariables } from './variable-layer.ts';

/** What every variable of the engine begins with; those of secrets are their authors' to name. */
export const variablePrefix = 'SIGNALBOX_';

/** Variables that are read whatever the command; its flags come on top. */
export const knownVariables: readonly string[] = [
  'SIGNALBOX_HOME',
  'SIGNALBOX_SANDBOX_DATE',
  ...settingVariables(defaultSettings),
];
