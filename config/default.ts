import type { SettingsInput } from './schema.ts';

/** Holds in every environment that does not say otherwise. */
export const defaultSettings: SettingsInput = {
  concurrency: 4,
  failurePolicy: 'continue',
  timeout: '2h',
  componentTimeout: '30m',
  grace: '5s',
  lease: '60s',
  retries: { max: 2, delay: '5s', maxDelay: '5m' },
  tolerance: '1h',
  catchup: 'latest',
  catchupWindow: '24h',
  tickConcurrency: 2,
  probeConcurrency: 8,
  auditEvery: 20,
  spareChildren: 1,
  sqlMemoryMb: 256,
  sqlThreads: 2,
  storage: 'data/{environment}',
  retention: { history: '90d', artifacts: '14d', versions: 'forever' },
  allowHosts: [],
  sandboxSeed: 1,
  dags: {},
  quotas: {},
};
