import type { Component } from '../model/component.ts';
import type { Decision } from '../model/decision.ts';
import type { ProbeResult, SourceEvidence } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { EndStatus } from '../model/status.ts';
import type { ComponentEnd, Published } from '../model/summary.ts';
import type { StopCause } from '../model/task.ts';
import { finishComponent } from './finish-component.ts';
import { publishedBefore } from './published-before.ts';
import { restingEnd } from './resting-end.ts';
import { parkedFailure } from './retry.ts';
import { componentRunIdOf, type RunState } from './run-state.ts';
import { endTakenOver } from './taken-over.ts';
import { trustAfter } from './trust-after.ts';
import type { Upstreams } from './upstreams.ts';

/** Ends of component runs that no attempt was made for, each recorded with its decision. */

export function endByVerdict(
  component: Component,
  decision: Decision,
  upstreams: Upstreams,
  probe: ProbeResult | undefined,
  state: RunState,
): Promise<ComponentEnd> {
  const { status, reason, published } = restingEnd(component.id, decision, publishedBefore(component.id, state));
  const evidence = status === 'unchanged' ? freshEvidence(probe) : undefined;
  return end(component, { status, reason, degraded: upstreams.degraded, decision }, state, {
    ...(published ? { published } : {}),
    ...(evidence ? { evidence } : {}),
  });
}

/** No call can be made: the sandbox has nothing for it. Said before any call. */
export function endRefusedOrigin(
  component: Component,
  decision: Decision,
  failure: Failure,
  upstreams: Upstreams,
  state: RunState,
): Promise<ComponentEnd> {
  const { degraded } = upstreams;
  return end(component, { status: 'failed', reason: 'no_origin', degraded, decision, failure }, state, {});
}

/** Whatever took its processes, or its engines, with it would do so again. */
export function endParked(component: Component, attempts: number, state: RunState): Promise<ComponentEnd> {
  const failure = parkedFailure(undefined);
  return end(component, { status: 'failed', reason: 'parked', degraded: false, failure }, state, { attempts });
}

/** No attempt begins in the run any more: what has not begun never will; what waited for its next try gives up. */
export function endByStop(component: Component, state: RunState, attempts = 0): Promise<ComponentEnd> {
  const cause = state.closed.reason as StopCause;
  const reason = cause === 'run_timeout' ? 'run_timed_out' : cause;
  const hasBegun = attempts > 0;
  const decision = hasBegun ? {} : { decision: stoppedDecision(reason) };
  const status = statusAfter(cause, hasBegun);
  return end(component, { status, reason, degraded: false, ...decision }, state, { attempts });
}

/** What the engine itself has ruled out is skipped; what people have stopped is cancelled. */
function statusAfter(cause: StopCause, hasBegun: boolean): EndStatus {
  if (cause === 'run_timeout') return hasBegun ? 'timed_out' : 'skipped';
  return cause === 'after_failure' && !hasBegun ? 'skipped' : 'cancelled';
}

function stoppedDecision(reason: string): Decision {
  const because =
    reason === 'after_failure'
      ? 'a component had failed before this could start, and then nothing more begins in this run'
      : 'the run was stopped before this could start';
  return { verdict: 'skip', reason, checks: [{ check: 'run_open', result: 'decided', because, inputs: { reason } }] };
}

interface EndDetails {
  readonly status: EndStatus;
  readonly reason: string;
  readonly degraded: boolean;
  readonly decision?: Decision;
  readonly failure?: Failure;
}

interface EndExtras {
  readonly published?: Published;
  readonly evidence?: readonly SourceEvidence[];
  readonly attempts?: number;
}

async function end(
  component: Component,
  details: EndDetails,
  state: RunState,
  extras: EndExtras,
): Promise<ComponentEnd> {
  const fence = state.fences.get(component.id);
  const reopen = state.reopenings.get(component.id);
  const finishedAt = state.ports.clock.now();
  const { evidence } = extras;
  const isRecorded = await state.ports.runs.endComponentRun({
    componentRunId: componentRunIdOf(state, component),
    owner: state.ports.owner.id,
    finishedAt,
    ...details,
    ...(fence === undefined ? {} : { fence }),
    ...(reopen ? { reopen } : {}),
    ...(evidence ? { evidence, trust: trustAfter(component, evidence, finishedAt, state) } : {}),
  });
  const ended = { component: component.id, attempts: extras.attempts ?? 0, datasets: [], warnings: [], ...details };
  if (!isRecorded) return endTakenOver(ended, state);
  const { published } = extras;
  return finishComponent(state, published ? { published, ...ended } : ended);
}

/** Validators may move where the content itself was read and is equal; a mere 304 proves nothing new. */
function freshEvidence(probe: ProbeResult | undefined): readonly SourceEvidence[] | undefined {
  if (!probe?.known) return undefined;
  return probe.evidence.some(({ parts }) => parts.some((part) => !part.notModified)) ? probe.evidence : undefined;
}
