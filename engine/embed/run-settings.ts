import { retryPolicyOf } from '../../config/overlay.ts';
import type { Settings } from '../../config/schema.ts';
import type { Dag } from '../model/component.ts';
import type { RunSettings } from '../run/ports.ts';

/** The DAG's own words win; where it says nothing, the environment's count. */
export function runSettingsOf(dag: Dag, settings: Settings, failFast = false): RunSettings {
  return {
    concurrency: dag.concurrency ?? settings.concurrency,
    timeoutMs: dag.timeoutMs ?? settings.timeout,
    componentTimeoutMs: settings.componentTimeout,
    graceMs: settings.grace,
    failurePolicy: failFast ? 'abort' : (dag.failurePolicy ?? settings.failurePolicy),
    retries: retryPolicyOf(settings),
    probeConcurrency: settings.probeConcurrency,
    auditEvery: settings.auditEvery,
    limits: { sqlMemoryMb: settings.sqlMemoryMb, sqlThreads: settings.sqlThreads },
  };
}
