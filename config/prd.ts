import type { SettingsLayer } from './schema.ts';

/** Live sources, for keeps. */
export const prdSettings: SettingsLayer = {
  concurrency: 5,
  componentTimeout: '45m',
  retries: { max: 3 },
  retention: { history: '365d', artifacts: '14d' },
};
