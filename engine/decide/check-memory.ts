import { plainChecks } from '../model/plain-checks.ts';
import { showTime } from '../model/show-time.ts';
import { type CheckAnswer, plain } from './check.ts';
import type { DecisionFacts } from './facts.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Checks against what the last success left behind. */

export function checkFirstRun({ lastSuccess }: DecisionFacts): CheckAnswer {
  if (!lastSuccess) return run('first_run', 'it has never succeeded in this environment');
  const { componentRunId, finishedAt } = lastSuccess;
  const inputs = { lastSuccess: componentRunId, finishedAt: finishedAt.toISOString() };
  return { next: 'go_on', because: `it last succeeded at ${showTime(finishedAt)}`, inputs };
}

export function checkDeclaredInput({ declaresSource, declaresUpstream }: DecisionFacts): CheckAnswer {
  if (declaresSource) return plain(declaresUpstream ? plainChecks.reads_both : plainChecks.reads_source);
  if (declaresUpstream) return plain(plainChecks.reads_upstream);
  const inputs = { source: false, dependsOn: false };
  return {
    ...run('undeclared_input', 'it declares neither a source nor an upstream, so nobody can tell what changed'),
    inputs,
  };
}

export function checkOutputPresent({ lastSuccess, missingOutputs }: DecisionFacts): CheckAnswer {
  const files = lastSuccess?.datasets.length ?? 0;
  const inputs = { files, missing: missingOutputs };
  const [first] = missingOutputs;
  if (files === 0 && first === undefined) return plain(plainChecks.no_files);
  if (first === undefined) return { next: 'go_on', because: 'every published file is in its place', inputs };
  const others = missingOutputs.length > 1 ? ` and ${missingOutputs.length - 1} more` : '';
  return { ...run('output_missing', `${first}${others} is gone or has another size`), inputs };
}

/** Last evidence and last upstreams under today's definition must give the last fingerprint, or the definition moved. */
export function checkDefinition({ component, lastSuccess }: DecisionFacts): CheckAnswer {
  if (!lastSuccess) return { next: 'go_on', because: 'there is nothing to compare with' };
  const { evidence, upstreamDigests, fingerprint } = lastSuccess;
  const expected = fingerprintOf({ component, evidence, upstreamDigests });
  const inputs = { version: component.version, old: fingerprint, new: expected };
  if (expected === fingerprint) return { next: 'go_on', because: 'its version and params are the same', inputs };
  return { ...run('definition_changed', 'its version or params are not those of the last success'), inputs };
}

function run(reason: string, because: string): CheckAnswer & { next: 'stop' } {
  return { next: 'stop', verdict: 'run', reason, because };
}
