import type { SettingsLayer } from './schema.ts';

/** Generated data from a local origin: nothing to wait for, nothing to pay for. */
export const sandboxSettings: SettingsLayer = {
  componentTimeout: '5m',
  retries: { max: 1, delay: '200ms', maxDelay: '2s' },
  retention: { history: '30d', artifacts: '7d' },
};
