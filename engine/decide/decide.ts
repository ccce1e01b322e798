import type { CheckName, Decision, DecisionCheck } from '../model/decision.ts';
import { plainChecks } from '../model/plain-checks.ts';
import { type Check, type CheckAnswer, plain } from './check.ts';
import { checkSource, checkUpstreamOutputs } from './check-inputs.ts';
import { checkDeclaredInput, checkDefinition, checkFirstRun, checkOutputPresent } from './check-memory.ts';
import type { DecisionFacts } from './facts.ts';

/** The order is the rule: what forbids comes before what demands, what is free to ask before what costs a call. */
const checks: readonly (readonly [CheckName, Check])[] = [
  ['enabled', checkEnabled],
  ['selected', checkSelected],
  ['due', checkDue],
  ['upstreams', checkUpstreams],
  ['quota', checkQuota],
  ['forced', checkForced],
  ['first_run', checkFirstRun],
  ['declared_input', checkDeclaredInput],
  ['output_present', checkOutputPresent],
  ['definition', checkDefinition],
  ['upstream_outputs', checkUpstreamOutputs],
  ['source', checkSource],
];

const noInputs = Object.freeze({});

/**
 * Says whether a component runs, and why. Pure: the same facts give the same decision. Returns `probe` when the answer
 * depends on the sources and they have not been asked; ask, add the result to the facts, and decide anew. Where nothing else
 * in the facts has moved, `asked` spares what was asked before: it is added to, and gone on from.
 */
export function decide(facts: DecisionFacts, asked: DecisionCheck[] = []): Decision | 'probe' {
  for (const [check, ask] of checks.slice(asked.length)) {
    const answer = ask(facts);
    if (answer.next === 'probe') return 'probe';
    if (answer.next === 'plain') {
      asked.push(answer.said);
      continue;
    }
    const result = answer.next === 'stop' ? 'decided' : 'passed';
    asked.push({ check, result, because: answer.because, inputs: answer.inputs ?? noInputs });
    if (answer.next === 'stop') return { verdict: answer.verdict, reason: answer.reason, checks: asked };
  }
  return { verdict: 'unchanged', reason: 'inputs_unchanged', checks: asked };
}

function checkEnabled({ component }: DecisionFacts): CheckAnswer {
  if (component.enabled) return plain(plainChecks.enabled);
  return { next: 'stop', verdict: 'skip', reason: 'disabled', because: 'it is disabled' };
}

function checkSelected({ selected }: DecisionFacts): CheckAnswer {
  if (selected) return plain(plainChecks.selected);
  return { next: 'stop', verdict: 'skip', reason: 'not_selected', because: 'this run was asked for other components' };
}

/** Force overrides the calendar, never what forbids. */
function checkDue({ due, forced }: DecisionFacts): CheckAnswer {
  if (!due) return plain(plainChecks.asked_now);
  const { because, inputs } = due;
  if (due.due) return { next: 'go_on', because, inputs };
  if (forced) return { next: 'go_on', because: `${because}, but the run was forced`, inputs };
  return { next: 'stop', verdict: 'skip', reason: due.reason, because, inputs };
}

function checkQuota({ quota }: DecisionFacts): CheckAnswer {
  if (!quota) return plain(plainChecks.no_quota);
  const { because, inputs } = quota;
  if (quota.available) return { next: 'go_on', because, inputs };
  return { next: 'stop', verdict: 'defer', reason: 'quota_exhausted', because, inputs };
}

function checkUpstreams({ declaresUpstream, upstreams }: DecisionFacts): CheckAnswer {
  if (!declaresUpstream) return plain(plainChecks.no_upstream);
  const { verdict, reason, because, statuses, read } = upstreams;
  const inputs = { statuses, ...(read && { read }) };
  return verdict === 'run' ? { next: 'go_on', because, inputs } : { next: 'stop', verdict, reason, because, inputs };
}

function checkForced({ forced, backfilled }: DecisionFacts): CheckAnswer {
  if (forced) return { next: 'stop', verdict: 'run', reason: 'forced', because: 'the run was started with --force' };
  if (!backfilled) return plain(plainChecks.not_forced);
  return { next: 'stop', verdict: 'run', reason: 'backfill', because: 'its slot is being filled again' };
}
