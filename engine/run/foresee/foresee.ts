import { decide } from '../../decide/decide.ts';
import type { QuotaAnswer } from '../../decide/facts.ts';
import type { Component } from '../../model/component.ts';
import type { Decision } from '../../model/decision.ts';
import type { ProbeResult } from '../../model/evidence.ts';
import type { Branch, Foreseen } from '../../model/foreseen.ts';
import type { LastSuccess, Scope } from '../../model/ports.ts';
import type { OwnFacts } from '../gather-facts.ts';
import { readUpstreams } from '../upstreams.ts';
import type { PossibleEnd } from './possible-ends.ts';
import { type Situation, situationsOf } from './situations.ts';

/** What is known of a component before the run, and how its upstreams may end. */
export interface Outlook {
  readonly component: Component;
  readonly facts: OwnFacts;
  readonly possible: ReadonlyMap<string, readonly PossibleEnd[]>;
  readonly scope: Scope;
  /** Calls are left now, and others of the plan may take them before. */
  readonly scarce?: Scarcity;
}

export interface Scarcity {
  /** As it is when they have. */
  readonly quota: QuotaAnswer;
  /** Both complete "if …". */
  readonly whenTaken: string;
  readonly whenLeft: string;
}

/**
 * What a run would decide, by the very function that decides in a run. Pure. Returns `probe` when only the sources are
 * missing and can be asked now: what they are may hang on the outputs of upstreams, so that they are asked beforehand only
 * where the upstreams leave no doubt.
 */
export function foresee(outlook: Outlook): Foreseen | 'probe' {
  const { facts, scarce } = outlook;
  const left = foreseeWithQuota(outlook);
  if (left === 'probe' || !scarce) return left;
  const taken = foreseeWithQuota({ ...outlook, facts: { ...facts, quota: scarce.quota } });
  if (taken === 'probe') return 'probe';
  return oneOf([...branchesOf(left, scarce.whenLeft), ...branchesOf(taken, scarce.whenTaken)]);
}

function branchesOf(foreseen: Foreseen, condition: string): readonly Branch[] {
  if (foreseen.kind === 'certain') return [{ when: [condition], decision: foreseen.decision }];
  return foreseen.branches.map(({ when, decision }) => ({
    when: when.map((also) => `${condition} and ${also}`),
    decision,
  }));
}

/** Where all come to the same, nothing hangs on anything. */
function oneOf(branches: readonly Branch[]): Foreseen {
  const merged = merge(branches);
  const [first, ...rest] = merged;
  return first && rest.length === 0
    ? { kind: 'certain', decision: first.decision }
    : { kind: 'depends', branches: merged };
}

function foreseeWithQuota(outlook: Outlook): Foreseen | 'probe' {
  const { component, facts, possible } = outlook;
  const situations = situationsOf(component, possible, facts.lastSuccess);
  const [only, ...others] = situations;
  if (only && others.length === 0) {
    const decision = decideIn(only, outlook);
    return decision === 'probe' ? 'probe' : { kind: 'certain', decision };
  }
  return oneOf(situations.flatMap((situation) => branchesIn(situation, outlook)));
}

function branchesIn(situation: Situation, outlook: Outlook): readonly Branch[] {
  const decision = decideIn(situation, outlook);
  if (decision !== 'probe') return [{ when: [situation.when], decision }];
  return supposedProbes(outlook.facts.lastSuccess).flatMap(({ when, probe }) => {
    const supposed = decideIn(situation, outlook, probe);
    return supposed === 'probe' ? [] : [{ when: [`${situation.when} and ${when}`], decision: supposed }];
  });
}

function decideIn({ ends }: Situation, { component, facts, scope }: Outlook, probe?: ProbeResult): Decision | 'probe' {
  const upstreams = readUpstreams(component, ends, scope);
  return decide({
    ...facts,
    upstreams: upstreams.answer,
    upstreamDigests: upstreams.digests,
    ...(probe ? { probe } : {}),
  });
}

const unseenPart = { digest: 'unseen', bytes: 0, notModified: false };

/** Every answer that sources may give, when they are not asked yet. */
function supposedProbes(
  lastSuccess: LastSuccess | undefined,
): readonly { readonly when: string; readonly probe: ProbeResult }[] {
  const evidence = lastSuccess?.evidence ?? [];
  const unseen = { source: evidence[0]?.source ?? 'source', parts: [unseenPart] };
  const moved = [...evidence.slice(1), unseen];
  const lied = [...evidence.slice(1), { ...unseen, proof: 'lied' as const }];
  return [
    { when: 'its source has changed', probe: { known: true, evidence: moved } },
    { when: 'its source has changed and denies it', probe: { known: true, evidence: lied } },
    { when: 'its source has not changed', probe: { known: true, evidence } },
    { when: 'its source cannot be asked', probe: { known: false, message: 'not asked yet' } },
  ];
}

/** Branches with the same verdict and reason are one, with all that leads to it. */
function merge(branches: readonly Branch[]): readonly Branch[] {
  const merged = new Map<string, Branch>();
  for (const { when, decision } of branches) {
    const key = `${decision.verdict} ${decision.reason}`;
    const same = merged.get(key);
    merged.set(key, same ? { ...same, when: [...same.when, ...when] } : { when, decision });
  }
  return [...merged.values()];
}
