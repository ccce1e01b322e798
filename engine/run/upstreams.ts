import type { UpstreamAnswer } from '../decide/facts.ts';
import type { Component, Dependency } from '../model/component.ts';
import type { Json } from '../model/json.ts';
import type { Scope } from '../model/ports.ts';
import { isFailing } from '../model/status.ts';
import type { ComponentEnd, Published } from '../model/summary.ts';
import { evaluateRule, type RuleAnswer } from '../plan/trigger-rules.ts';

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
export const restingReasons: ReadonlySet<string> = new Set(['not_due', 'not_selected', 'disabled']);

export function readUpstreams(
  component: Pick<Component, 'dependsOn' | 'rule'>,
  seen: ReadonlyMap<string, SeenEnd>,
  scope: Scope,
): Upstreams {
  const ends = component.dependsOn.map((dependency) => ({ dependency, end: endOf(dependency, seen) }));
  const rule = evaluateRule(
    component.rule,
    ends.map(({ dependency, end }) => ({
      ...dependency,
      status: end.status,
      reason: end.reason,
      isResting: isResting(end),
      satisfiedByLastSuccess: isResting(end) && end.published !== undefined,
    })),
    scope,
  );
  return {
    answer: answerOf(rule, ends),
    degraded: rule.degraded,
    inputs: collect(ends, ({ dependency }, published) => [dependency.name, published.output]),
    digests: {
      ...failedDigests(ends),
      ...collect(ends, ({ end }, published) => [end.component, published.outputDigest]),
    },
  };
}

interface UpstreamEnd {
  readonly dependency: Dependency;
  readonly end: SeenEnd;
}

function endOf({ component }: Dependency, seen: ReadonlyMap<string, SeenEnd>): SeenEnd {
  const end = seen.get(component);
  if (!end) throw new Error(`Internal error: ${component} has not ended, but its downstream was started`);
  return end;
}

export function isResting(end: Pick<SeenEnd, 'status' | 'reason'>): boolean {
  return end.status === 'skipped' && restingReasons.has(end.reason);
}

function answerOf(rule: RuleAnswer, ends: readonly UpstreamEnd[]): UpstreamAnswer {
  const statuses = Object.fromEntries(ends.map(({ end }) => [end.component, end.status]));
  const { verdict, reason, because } = rule;
  return { verdict, reason, because, statuses };
}

function collect<Value>(
  ends: readonly UpstreamEnd[],
  entry: (upstream: UpstreamEnd, published: Published) => readonly [string, Value],
): Record<string, Value> {
  return Object.fromEntries(
    ends.flatMap((upstream) => (upstream.end.published ? [entry(upstream, upstream.end.published)] : [])),
  );
}

/** An upstream that failed has no digest; a word in its place makes its coming back a change. */
export const failedDigest = 'failed';

function failedDigests(ends: readonly UpstreamEnd[]): Record<string, string> {
  return Object.fromEntries(
    ends.filter(({ end }) => isFailing(end.status)).map(({ end }) => [end.component, failedDigest]),
  );
}
