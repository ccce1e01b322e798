import type { TriggerRule } from '../model/component.ts';
import type { SkipReason } from '../model/decision.ts';
import type { Scope } from '../model/ports.ts';
import { programName } from '../model/program.ts';
import { type EndStatus, isSatisfying } from '../model/status.ts';
import { unreachable } from '../model/unreachable.ts';

/** A direct upstream that has ended in this run. */
export interface UpstreamState {
  /** In `dependsOn`. */
  readonly name: string;
  readonly component: string;
  readonly optional: boolean;
  readonly status: EndStatus;
  /** Of a skip: `upstream_deferred` and `run_timed_out` are handed on. */
  readonly reason?: string;
  /** Skipped because it was not due, not selected or disabled: its last success speaks for it. */
  readonly isResting: boolean;
  readonly satisfiedByLastSuccess: boolean;
}

export type RuleReason = 'rule_met' | 'upstream_failed' | 'upstream_never_succeeded' | SkipReason;

export interface RuleAnswer {
  readonly met: boolean;
  /** What becomes of the component: it goes on to be decided, ends `skipped`, or ends `upstream_failed`. */
  readonly verdict: 'run' | 'skip' | 'blocked';
  /** It may run, but without an optional upstream. */
  readonly degraded: boolean;
  readonly reason: RuleReason;
  readonly because: string;
}

type Standing = 'succeeded' | 'failed' | 'skipped' | 'never_succeeded' | 'done_without';
type Standings = Readonly<Record<Standing, readonly string[]>>;

/**
 * Airflow's trigger rules over the direct upstreams; without any, every rule is met. `unchanged`, and a last success of an
 * upstream that rests, count as success. An upstream that rests and never succeeded counts as skipped, but blocks
 * where a skip would have skipped, and the message says how to mend it.
 */
export function evaluateRule(rule: TriggerRule, upstreams: readonly UpstreamState[], scope: Scope): RuleAnswer {
  const standings = tally(rule, upstreams);
  const because = describe(standings);
  if (upstreams.length === 0) return met(false, 'it has no upstream');
  if (isMet(rule, standings)) return met(standings.done_without.length > 0, `${rule} is met: ${because}`);
  const unmet = { met: false, degraded: false, because: `${rule} is not met: ${because}` };
  const failed = rule === 'none_skipped' ? [] : standings.failed;
  if (rule === 'one_failed') return { ...unmet, verdict: 'skip', reason: 'condition' };
  if (failed.length > 0) return { ...unmet, verdict: 'blocked', reason: 'upstream_failed' };
  if (standings.never_succeeded.length > 0) {
    const mend = standings.never_succeeded.map((component) => mendingCommand(component, scope)).join(' && ');
    const sentence = `${unmet.because}; run \`${mend}\` first`;
    return { ...unmet, verdict: 'blocked', reason: 'upstream_never_succeeded', because: sentence };
  }
  return { ...unmet, verdict: 'skip', reason: skipReason(upstreams) };
}

function met(degraded: boolean, because: string): RuleAnswer {
  return { met: true, verdict: 'run', degraded, reason: 'rule_met', because };
}

function isMet(rule: TriggerRule, { succeeded, failed, skipped, never_succeeded }: Standings): boolean {
  const noneFailed = failed.length === 0;
  const noneSkipped = skipped.length === 0 && never_succeeded.length === 0;
  switch (rule) {
    case 'all_success':
      return noneFailed && noneSkipped;
    case 'all_done':
    case 'always':
      return true;
    case 'one_success':
      return succeeded.length > 0;
    case 'one_failed':
      return !noneFailed;
    case 'none_failed':
      return noneFailed;
    case 'none_failed_min_one_success':
      return noneFailed && succeeded.length > 0;
    case 'none_skipped':
      return noneSkipped;
    default:
      return unreachable(rule);
  }
}

function tally(rule: TriggerRule, upstreams: readonly UpstreamState[]): Standings {
  const standings: Record<Standing, string[]> = {
    succeeded: [],
    failed: [],
    skipped: [],
    never_succeeded: [],
    done_without: [],
  };
  for (const upstream of upstreams) standings[standingOf(rule, upstream)].push(upstream.component);
  return standings;
}

/** A component that waits for a failure (`one_failed`) must see it, also an optional one's. */
function standingOf(rule: TriggerRule, upstream: UpstreamState): Standing {
  if (isSatisfying(upstream.status) || upstream.satisfiedByLastSuccess) return 'succeeded';
  if (upstream.optional && rule !== 'one_failed') return 'done_without';
  if (upstream.isResting) return 'never_succeeded';
  return upstream.status === 'skipped' || upstream.status === 'deferred' ? 'skipped' : 'failed';
}

function skipReason(upstreams: readonly UpstreamState[]): SkipReason {
  const has = (reason: SkipReason) => upstreams.some((upstream) => upstream.reason === reason);
  if (upstreams.some(({ status }) => status === 'deferred') || has('upstream_deferred')) return 'upstream_deferred';
  return has('run_timed_out') ? 'run_timed_out' : 'condition';
}

/** In the order of a sentence: what stands in the way comes first. */
const phrases: readonly (readonly [Standing, string])[] = [
  ['failed', 'failed'],
  ['never_succeeded', 'never succeeded'],
  ['skipped', 'skipped'],
  ['done_without', 'optional and done without'],
  ['succeeded', 'succeeded'],
];

/** `2 failed (b, c), 1 succeeded (a)`. */
function describe(standings: Standings): string {
  const parts: string[] = [];
  for (const [standing, phrase] of phrases) {
    const components = standings[standing];
    if (components.length > 0) parts.push(`${components.length} ${phrase} (${shown(components)})`);
  }
  return parts.join(', ');
}

function shown(components: readonly string[]): string {
  const first = components.slice(0, 5).join(', ');
  return components.length > 5 ? `${first}, …` : first;
}

function mendingCommand(component: string, { dag, environment }: Scope): string {
  return `${programName} run --dag ${dag} --env ${environment} --component ${component}`;
}
