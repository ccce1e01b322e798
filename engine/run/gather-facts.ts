import type { DecisionFacts } from '../decide/facts.ts';
import type { Component } from '../model/component.ts';
import { isBackfilled } from './ports.ts';
import { missingFiles } from './publish.ts';
import type { RunState } from './run-state.ts';

/** What a decision rests on, but for what the upstreams bring: a plan has that in several versions. */
export type OwnFacts = Omit<DecisionFacts, 'upstreams' | 'upstreamDigests'>;

export function gatherFacts(component: Component, state: RunState): OwnFacts {
  const lastSuccess = state.lastSuccesses.get(component.id);
  return {
    component,
    declaresSource: component.sources !== undefined,
    declaresUpstream: component.dependsOn.length > 0,
    selected: state.request.selected.has(component.id),
    forced: state.request.forced,
    backfilled: isBackfilled(state.request),
    missingOutputs: lastSuccess ? missingFiles(lastSuccess.datasets, state.ports.storageRoot) : [],
    ...(lastSuccess ? { lastSuccess } : {}),
    ...dueFacts(component, lastSuccess?.answeredUntil, state),
  };
}

/** Only in a run that answers for slots: a manual one asks every component now, and so does one that tries again. */
function dueFacts(
  component: Component,
  answeredUntil: Date | undefined,
  { request, info, ports }: RunState,
): Pick<DecisionFacts, 'due'> {
  if (!request.answersSlots || request.retryOf !== undefined) return {};
  const { trigger, asOf } = info;
  return { due: ports.schedules.dueOf(component, { trigger, now: ports.clock.now(), asOf, answeredUntil }) };
}
