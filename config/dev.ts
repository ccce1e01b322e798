import type { SettingsLayer } from './schema.ts';

/** Live sources, small limits: a mistake shall be cheap. */
export const devSettings: SettingsLayer = {
  concurrency: 3,
  componentTimeout: '15m',
  retries: { max: 2 },
  retention: { history: '30d', artifacts: '7d' },
};
