import { basename, join, relative } from 'node:path';
import type { Component } from '../model/component.ts';
import type { StagedDataset } from '../model/dataset.ts';
import type { AttemptFailure, Outcome, QuarantineSummary } from '../model/outcome.ts';
import type { AttemptTask, Workplace } from '../model/task.ts';
import { createControl } from './control.ts';
import { createMask, type Mask } from './mask.ts';
import { maskEvidence } from './mask-evidence.ts';
import { openGate } from './quotas/quota-gate.ts';
import { settleWithQuota } from './quotas/settle.ts';
import { componentRunIdOf, type RunState } from './run-state.ts';
import { createTask } from './task.ts';
import type { Work } from './work.ts';

/** It becomes part of a path. */
const datasetName = /^[a-z][a-z0-9_]*$/;

/** One try, as it went. */
export interface AttemptRecord {
  readonly id: string;
  readonly number: number;
  readonly task: AttemptTask;
  readonly outcome: Outcome;
  /** Resolves false when the store refused the start: another owner has the claim. */
  readonly isOurs: Promise<boolean>;
}

/**
 * One try, from waiting for a place to its outcome. The place is given back when the work has ended for certain; the
 * record of that end is written by the caller, outside of the place. A failure is told before the next one gets the place.
 */
export function runAttempt(
  work: Work,
  number: number,
  state: RunState,
  onFailure: (failure: AttemptFailure) => void,
): Promise<AttemptRecord | 'stopped'> {
  const priority = state.priorities.get(work.component.id) ?? 0;
  return state.places.hold<AttemptRecord | 'stopped'>(work.component, priority, async () => {
    const record = state.closed.aborted ? 'stopped' : await tryOnce(work, number, state);
    if (record === 'stopped' || record.outcome.status === 'success') return { result: record, isStuck: false };
    onFailure(record.outcome);
    return { result: record, isStuck: record.outcome.survivorPid !== undefined };
  });
}

async function tryOnce(work: Work, number: number, state: RunState): Promise<AttemptRecord | 'stopped'> {
  const { component } = work;
  const workplace = await state.ports.workshops[component.isolation].open(component.id);
  try {
    if (state.closed.aborted) return 'stopped';
    const task = createTask(work, number, state);
    const isOurs = recordStart(work, task, workplace, state);
    // In a child the attempt's row is durable before the work is sent; an inline one may share a commit with its end, but in a
    // run whose engine has died before: there it may be what killed it, and must not be forgotten.
    const isDurable = workplace.pid !== undefined || state.request.adopts !== undefined;
    if (isDurable && !(await isOurs)) return refused(task, isOurs);
    // Whoever records the end hears of it when the start could not be recorded.
    isOurs.catch(() => {});
    const outcome = await perform(component, task, workplace, isOurs, state);
    return { id: task.attemptId, number, task, outcome, isOurs };
  } finally {
    await workplace.release();
  }
}

function recordStart(work: Work, task: AttemptTask, workplace: Workplace, state: RunState): Promise<boolean> {
  const { clock, runs, owner, emit } = state.ports;
  const { component, decision } = work;
  const startedAt = clock.now();
  const pid = workplace.pid === undefined ? {} : { pid: workplace.pid };
  const started = runs.startAttempt({
    componentRunId: componentRunIdOf(state, component),
    fence: state.fences.get(component.id) ?? 0,
    attemptId: task.attemptId,
    number: task.attempt,
    owner: owner.id,
    startedAt,
    deadline: new Date(startedAt.getTime() + timeoutOf(component, state)),
    degraded: task.degraded,
    ...pid,
    ...(task.attempt === 1 ? { decision } : {}),
  });
  const event = { at: startedAt, runId: state.info.id, component: component.id, attempt: task.attempt, decision };
  return started.then((isOurs) => {
    if (isOurs) emit({ type: 'attempt_started', ...event, ...pid });
    return isOurs;
  });
}

async function perform(
  component: Component,
  task: AttemptTask,
  workplace: Workplace,
  begun: Promise<unknown>,
  state: RunState,
): Promise<Outcome> {
  const mask = createMask(task.secrets);
  const gate = openGate(component, 'attempt', state);
  const control = createControl(component, task.attempt, mask, timeoutOf(component, state), begun, state, gate);
  const performed = await workplace.attempt(task, control);
  const outcome = maskOutcome(gate ? await settleWithQuota(performed, gate, control) : performed, mask);
  if (outcome.status !== 'success') return outcome;
  const quarantine = placed(outcome.quarantine, task.folders.quarantine, state.ports.storageRoot);
  return checkOutput(component, { ...outcome, quarantine });
}

/** Who performed the attempt names its file; the record says where it is. */
function placed({ file, ...counted }: QuarantineSummary, folder: string, storageRoot: string): QuarantineSummary {
  return file === undefined ? counted : { ...counted, file: relative(storageRoot, join(folder, basename(file))) };
}

/** What people wrote is masked. What the engine itself goes by is not: a secret may be any word. */
function maskOutcome(outcome: Outcome, mask: Mask): Outcome {
  if (outcome.status !== 'success') {
    return { ...outcome, failure: { ...mask.data(outcome.failure), class: outcome.failure.class } };
  }
  const { output, evidence, warnings, quarantine } = outcome;
  return {
    ...outcome,
    output: mask.data(output),
    evidence: maskEvidence(evidence, mask),
    warnings: mask.data(warnings),
    quarantine: { ...quarantine, first: mask.data(quarantine.first) },
  };
}

/** The child is not trusted to keep to its word: the parent looks. */
function checkOutput(component: Component, outcome: Outcome & { status: 'success' }): Outcome {
  const { datasets, metrics } = outcome;
  const odd = datasets.find(({ dataset }, index) => !datasetName.test(dataset) || isRepeated(datasets, index));
  if (odd) {
    const message = `expected datasets with names such as gtfs_stops, each once, got \`${odd.dataset}\``;
    return { status: 'failed', failure: { class: 'protocol', message }, metrics };
  }
  const parsed = component.output.safeParse(outcome.output);
  if (parsed.success) return outcome;
  const issues = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'the value'}: ${message}`);
  const message = `expected the returned value to fit \`output\`, got ${issues.join('; ')}`;
  const hint = 'Change what the component returns, or its `output` schema.';
  return { status: 'failed', failure: { class: 'output', message, hint }, metrics };
}

function isRepeated(datasets: readonly StagedDataset[], index: number): boolean {
  return datasets.findIndex(({ dataset }) => dataset === datasets[index]?.dataset) !== index;
}

function refused(task: AttemptTask, isOurs: Promise<boolean>): AttemptRecord {
  const failure = { class: 'infra', message: 'another engine has taken over this component' } as const;
  const outcome = { status: 'cancelled', failure, metrics: { wallMs: 0 } } as const;
  return { id: task.attemptId, number: task.attempt, task, outcome, isOurs };
}

export function timeoutOf(component: Component, state: RunState): number {
  return component.timeoutMs ?? state.request.settings.componentTimeoutMs;
}
