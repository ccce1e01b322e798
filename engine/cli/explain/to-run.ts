import type { Decision, DecisionCheck } from '../../model/decision.ts';
import type { Scope } from '../../model/ports.ts';
import { programName } from '../../model/program.ts';

/** What would make a component run, or run again, by the reason for which it did or did not. */
export function toRun(component: string, decision: Decision | undefined, scope: Scope): readonly string[] {
  const command = `${programName} run --dag ${scope.dag} --env ${scope.environment}`;
  const alone = `${command} --component ${component}`;
  if (!decision) return [`its first run: ${alone}`];
  const force = `${alone} --force, whatever changed`;
  switch (decision.reason) {
    case 'disabled':
      return ['`enabled: true` in the DAG file, or in the settings of this environment; --force does not override it'];
    case 'not_selected':
      return [alone];
    case 'not_due':
      return [`its next slot${nextSlotOf(decision)}`, `${alone}, which asks it now`, force];
    case 'upstream_failed':
    case 'upstream_never_succeeded':
      return [
        `a success of ${stoppersOf(decision) || 'its upstreams'}`,
        'a rule or `optional(…)` that does without it',
      ];
    case 'upstream_deferred':
      return [`${stoppersOf(decision) || 'its upstream'}, which was deferred and is reopened with it`];
    case 'quota_exhausted':
      return [`calls left in its quota: ${programName} quota list --env ${scope.environment}`];
    case 'condition':
      return ['upstreams that meet its rule'];
    case 'run_timed_out':
      return ['a longer `timeout` of the DAG, or the next run'];
    case 'inputs_unchanged':
      return [...changesOf(decision), 'another version or params', 'a published file that is gone', force];
    default:
      return decision.verdict === 'run' ? [force] : [alone, force];
  }
}

function nextSlotOf({ checks }: Decision): string {
  const next = checks.find(({ check }) => check === 'due')?.inputs.nextSlot;
  return typeof next === 'string' ? `, ${next}` : '';
}

function stoppersOf({ checks }: Decision): string {
  const statuses = checks.find(({ check }) => check === 'upstreams')?.inputs.statuses;
  if (typeof statuses !== 'object' || statuses === null) return '';
  return Object.entries(statuses)
    .filter(([, status]) => status !== 'success' && status !== 'unchanged')
    .map(([upstream]) => upstream)
    .join(', ');
}

/** What was compared, by name. */
function changesOf({ checks }: Decision): readonly string[] {
  const names = (check: DecisionCheck['check'], key: string): readonly string[] => {
    const listed = checks.find((asked) => asked.check === check)?.inputs[key];
    return Array.isArray(listed) ? listed.map(nameOf) : [];
  };
  const upstreams = names('upstream_outputs', 'upstreams');
  const sources = names('source', 'evidence');
  return [
    ...(sources.length > 0 ? [`other content of ${sources.join(' or ')}`] : []),
    ...(upstreams.length > 0 ? [`another output of ${upstreams.join(' or ')}`] : []),
  ];
}

function nameOf(value: unknown): string {
  const isEvidence = typeof value === 'object' && value !== null && 'source' in value;
  return String(isEvidence ? value.source : value);
}
