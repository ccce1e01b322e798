import type { Decision, Verdict } from '../../model/decision.ts';
import { type Foreseen, namedDecisions } from '../../model/foreseen.ts';
import type { LastSuccess } from '../../model/ports.ts';
import { restingEnd } from '../resting-end.ts';
import type { SeenEnd } from '../upstreams.ts';

/** One way in which an upstream may end. */
export interface PossibleEnd {
  readonly end: SeenEnd;
  /** Completes "if …"; undefined where it cannot end otherwise. */
  readonly when?: string;
}

export interface Ending {
  readonly component: string;
  readonly foreseen: Foreseen;
  readonly lastSuccess?: LastSuccess;
  /** Its calls are counted: an attempt may run out of them on its way. */
  readonly hasQuota: boolean;
}

/** Everything that a downstream may get to see of a component. What times out looks to it like what fails. */
export function possibleEnds(ending: Ending): readonly PossibleEnd[] {
  const ends = new Map<string, PossibleEnd>();
  for (const decision of namedDecisions(ending.foreseen)) {
    for (const possible of endsAfter(decision, ending)) ends.set(keyOf(possible.end), possible);
  }
  const all = [...ends.values()];
  return all.length === 1 ? all.map(({ end }) => ({ end })) : all;
}

function keyOf({ status, reason, published }: SeenEnd): string {
  return JSON.stringify([status, status === 'skipped' ? reason : '', published?.outputDigest ?? '']);
}

function endsAfter(decision: Decision, ending: Ending): readonly PossibleEnd[] {
  const { component, lastSuccess } = ending;
  const { verdict } = decision;
  if (verdict === 'run') return endsOfAttempts(ending);
  return [{ end: restingEnd(component, decision, lastSuccess), when: `${component} ${endWords[verdict]}` }];
}

const endWords: Readonly<Record<Exclude<Verdict, 'run'>, string>> = {
  unchanged: 'is unchanged',
  skip: 'is skipped',
  defer: 'is deferred',
  blocked: 'fails',
};

/** Stands for an output that nobody knows before the run. */
export function freshDigest(component: string): string {
  return `new:${component}`;
}

function endsOfAttempts({ component, lastSuccess, hasQuota }: Ending): readonly PossibleEnd[] {
  const success = { component, status: 'success', reason: 'run' } as const;
  const fresh = { output: lastSuccess?.output ?? null, outputDigest: freshDigest(component) };
  const ends: PossibleEnd[] = [
    { end: { ...success, published: fresh }, when: `${component} publishes something new` },
    { end: { component, status: 'failed', reason: 'error' }, when: `${component} fails` },
  ];
  if (lastSuccess) {
    ends.push({ end: { ...success, published: lastSuccess }, when: `${component} publishes what it published before` });
  }
  if (hasQuota) {
    const end = { component, status: 'deferred', reason: 'quota_exhausted' } as const;
    ends.push({ end, when: `${component} runs out of calls` });
  }
  return ends;
}
