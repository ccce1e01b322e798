import type { DatasetVersion } from '../../../engine/model/dataset.ts';
import type { Decision } from '../../../engine/model/decision.ts';
import type { RunEvent } from '../../../engine/model/event.ts';
import type { ComponentEnd, RunSummary } from '../../../engine/model/summary.ts';

const runId = '0190b0a0-0000-7000-8000-000000000001';

/** The second of a run that began at 08:00 in which something happens. */
export function at(second: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 8, 0, second));
}

export const firstRun: Decision = {
  verdict: 'run',
  reason: 'first_run',
  checks: [
    { check: 'enabled', result: 'passed', because: 'it is enabled', inputs: {} },
    { check: 'first_run', result: 'decided', because: 'it has never succeeded', inputs: {} },
  ],
};

export const sameSource: Decision = {
  verdict: 'unchanged',
  reason: 'inputs_unchanged',
  checks: [
    { check: 'enabled', result: 'passed', because: 'it is enabled', inputs: {} },
    { check: 'upstream_outputs', result: 'passed', because: 'the outputs are the same', inputs: { upstreams: [] } },
    { check: 'source', result: 'passed', because: 'its source answered 304', inputs: { evidence: [] } },
  ],
};

export function dataset(rows: number): DatasetVersion {
  return {
    id: `dataset-${rows}`,
    environment: 'sandbox',
    dag: 'transit',
    component: 'stops',
    componentRunId: 'component-run',
    dataset: 'stops',
    path: 'curated/stops/stops_20260301T080000Z.parquet',
    rows,
    bytes: 1_000,
    sha256: 'aa',
    digest: 'bb',
    schema: [],
    publishedAt: at(0),
    evidence: {},
  };
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type Details<Type extends RunEvent['type']> = Partial<Omit<EventOf<Type>, 'type'>>;

export function runStarted(components: readonly string[]): EventOf<'run_started'> {
  const dag = { dag: 'transit', dagVersion: 'v1', environment: 'sandbox' };
  return { type: 'run_started', at: at(0), runId, ...dag, trigger: 'manual', forced: false, components };
}

export function attemptStarted(
  component: string,
  details: Details<'attempt_started'> = {},
): EventOf<'attempt_started'> {
  return { type: 'attempt_started', at: at(0), runId, component, attempt: 1, decision: firstRun, ...details };
}

export function progressed(
  component: string,
  progress: EventOf<'attempt_progressed'>['progress'],
): EventOf<'attempt_progressed'> {
  return { type: 'attempt_progressed', at: at(1), runId, component, attempt: 1, progress };
}

export function logged(component: string, details: Details<'attempt_logged'> = {}): EventOf<'attempt_logged'> {
  return {
    type: 'attempt_logged',
    at: at(1),
    runId,
    component,
    attempt: 1,
    level: 'info',
    message: 'hello',
    ...details,
  };
}

export function attemptFinished(
  component: string,
  details: Details<'attempt_finished'> = {},
): EventOf<'attempt_finished'> {
  const metrics = { wallMs: 4_200 };
  return { type: 'attempt_finished', at: at(4), runId, component, attempt: 1, status: 'failed', metrics, ...details };
}

export function ended(component: string, details: Partial<ComponentEnd> = {}): ComponentEnd {
  const counts = { degraded: false, attempts: 1, durationMs: 4_200 };
  return { component, status: 'success', reason: 'first_run', ...counts, datasets: [], warnings: [], ...details };
}

export function componentFinished(
  component: string,
  details: Partial<ComponentEnd> = {},
): EventOf<'component_finished'> {
  return { type: 'component_finished', at: at(4), runId, ...ended(component, details) };
}

export function runSummary(components: readonly ComponentEnd[], details: Partial<RunSummary> = {}): RunSummary {
  const counts: Record<string, number> = {};
  for (const { status } of components) counts[status] = (counts[status] ?? 0) + 1;
  return {
    runId,
    dag: 'transit',
    environment: 'sandbox',
    trigger: 'manual',
    forced: false,
    status: 'success',
    heldBy: {},
    refused: 0,
    durationMs: 12_300,
    counts,
    rows: components.flatMap(({ datasets }) => datasets).reduce((sum, { rows }) => sum + rows, 0),
    components,
    storageRoot: '/home/data/sandbox',
    sandbox: { stops: 'generated' },
    ...details,
  };
}
