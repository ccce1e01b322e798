import type { Component } from '../../model/component.ts';
import type { Decision } from '../../model/decision.ts';
import type { ExplainedRun } from '../../model/explanation.ts';
import type { Scope } from '../../model/ports.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import { isEnd } from '../../model/status.ts';
import { changesOf } from './changes.ts';

interface Ways {
  /** All end with a command that can be copied from there. */
  readonly byHand: string;
  readonly forced: string;
  readonly withUpstreams: string;
  readonly includingDisabled: string;
}

/** What would make a component run, or run again, by the reason for which it did or did not. The DAG is as it was named. */
export function toRun(component: Component, run: ExplainedRun | undefined, scope: Scope): readonly string[] {
  const ways = waysOf(component, scope);
  if (!run) return [ways.byHand];
  if (!isEnd(run.status)) return ['it has its turn in that run, which goes on; if not, the next run', ways.byHand];
  const { decision, status } = run;
  if (!decision) return [ways.byHand];
  if (decision.verdict === 'unchanged') return again(component, decision, ways);
  if (decision.verdict !== 'run') return afterNone(decision, ways, scope);
  if (status === 'success') return again(component, decision, ways);
  return [
    `the next run that asks it, for what ended as ${status.replaceAll('_', ' ')} leaves its slot open`,
    ways.byHand,
  ];
}

function waysOf({ id }: Component, { dag, environment }: Scope): Ways {
  const alone = `${programName} run --dag ${dag} --env ${environment} --component ${id}`;
  return {
    byHand: `asked by hand: ${alone}`,
    forced: `forced, whatever changed: ${alone} --force`,
    withUpstreams: `with all that it needs: ${alone} --upstream`,
    includingDisabled: `once, all the same: ${alone} --include-disabled`,
  };
}

/** It ran, or had no reason to. */
function again(component: Component, decision: Decision, { byHand, forced }: Ways): readonly string[] {
  const changes = changesOf(component, decision);
  if (changes.length === 0) return ['every run that asks it: it declares neither a source nor an upstream', byHand];
  return [...changes, 'another `version`, other `params`, or a published file that is gone', forced];
}

function afterNone(
  decision: Decision,
  { byHand, forced, withUpstreams, includingDisabled }: Ways,
  scope: Scope,
): readonly string[] {
  switch (decision.reason) {
    case 'disabled':
      return [
        '`enabled: true` in the DAG file or in the settings of this environment; --force does not override it',
        includingDisabled,
      ];
    case 'not_due':
      return [`its next slot${nextSlotOf(decision)}`, byHand, forced];
    case 'upstream_failed':
    case 'upstream_never_succeeded':
      return [
        `a success of ${stoppersOf(decision) || 'its upstreams'}`,
        withUpstreams,
        'a `rule` that is met without it, or `optional(…)` around it',
      ];
    case 'upstream_deferred':
      return [`${stoppersOf(decision) || 'its upstream'}, which was deferred: a tick reopens both when it can go on`];
    case 'quota_exhausted':
      return [
        'a tick, as soon as calls are left',
        `what is left: ${programName} quota list --env ${scope.environment}`,
      ];
    case 'condition':
      return ['upstreams that end as its `rule` asks'];
    case 'after_failure':
      return ['mending what failed, or a `failurePolicy` that lets others begin', `the next run, or ${byHand}`];
    case 'run_timed_out':
      return ['a longer `timeout` of the DAG', `the next run, or ${byHand}`];
    default:
      return [byHand, forced];
  }
}

function nextSlotOf({ checks }: Decision): string {
  const next = checks.find(({ check }) => check === 'due')?.inputs.nextSlot;
  return typeof next === 'string' ? `, ${showTime(new Date(next))}` : '';
}

function stoppersOf({ checks }: Decision): string {
  const statuses = checks.find(({ check }) => check === 'upstreams')?.inputs.statuses;
  if (typeof statuses !== 'object' || statuses === null) return '';
  return Object.entries(statuses)
    .filter(([, status]) => status !== 'success' && status !== 'unchanged')
    .map(([upstream]) => upstream)
    .join(', ');
}
