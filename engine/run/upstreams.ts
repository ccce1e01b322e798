import type { UpstreamAnswer } from '../decide/facts.ts';
import type { Component, Dependency } from '../model/component.ts';
import type { Json } from '../model/json.ts';
import type { Scope } from '../model/ports.ts';
import { isFailing } from '../model/status.ts';
import type { ComponentEnd } from '../model/summary.ts';
import { evaluateRule, type UpstreamState } from '../plan/trigger-rules.ts';

/** What a component makes of its direct upstreams: may it run, on what inputs, built from which digests. */
export interface Upstreams {
  readonly answer: UpstreamAnswer;
  readonly degraded: boolean;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly digests: Readonly<Record<string, string>>;
}

/** What a downstream sees of the end of a component; in a plan, of one way in which it may end. */
export type SeenEnd = Pick<ComponentEnd, 'component' | 'status' | 'reason' | 'published'>;

/** Reasons for which an upstream that did not run is satisfied by its last success. */
const restingReasons: ReadonlySet<string> = new Set(['not_due', 'not_selected', 'disabled']);

export function readUpstreams(
  component: Pick<Component, 'dependsOn' | 'rule'>,
  seen: ReadonlyMap<string, SeenEnd>,
  scope: Scope,
): Upstreams {
  const states: UpstreamState[] = [];
  const statuses: Record<string, string> = {};
  const inputs: Record<string, Json> = {};
  const digests: Record<string, string> = {};
  const read: Record<string, string> = {};
  for (const dependency of component.dependsOn) {
    const end = endOf(dependency, seen);
    const { component: upstream, status, reason, published } = end;
    const { name, optional } = dependency;
    const resting = isResting(end);
    const satisfiedByLastSuccess = resting && published !== undefined;
    states.push({ name, component: upstream, optional, status, reason, isResting: resting, satisfiedByLastSuccess });
    statuses[upstream] = status;
    if (published) {
      inputs[name] = published.output;
      digests[upstream] = published.outputDigest;
      if (published.madeFor) read[upstream] = shownSlot(published.madeFor);
    } else if (isFailing(status)) {
      digests[upstream] = failedDigest;
    }
  }
  const { verdict, reason, because, degraded } = evaluateRule(component.rule, states, scope);
  const answer = { verdict, reason, because: because + newestWords(read), statuses };
  const isTold = Object.keys(read).length > 0;
  return { answer: isTold ? { ...answer, read } : answer, degraded, inputs, digests };
}

function shownSlot(madeFor: Date | 'newest'): string {
  return madeFor === 'newest' ? madeFor : madeFor.toISOString();
}

function newestWords(read: Readonly<Record<string, string>>): string {
  const newest = Object.keys(read).filter((upstream) => read[upstream] === 'newest');
  if (newest.length === 0) return '';
  return `; no run for this slot has made ${newest.join(', ')}, so what was made last is read`;
}

/** An upstream that failed has no digest; a word in its place makes its coming back a change. */
export const failedDigest = 'failed';

function endOf({ component }: Dependency, seen: ReadonlyMap<string, SeenEnd>): SeenEnd {
  const end = seen.get(component);
  if (!end) throw new Error(`Internal error: ${component} has not ended, but its downstream was started`);
  return end;
}

export function isResting(end: Pick<SeenEnd, 'status' | 'reason'>): boolean {
  return end.status === 'skipped' && restingReasons.has(end.reason);
}
