import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../engine/decide/decide.ts';
import type { Component } from '../../../../engine/model/component.ts';
import type { Decision } from '../../../../engine/model/decision.ts';
import { type Foreseen, namedDecisions } from '../../../../engine/model/foreseen.ts';
import { foresee } from '../../../../engine/run/foresee/foresee.ts';
import { type PossibleEnd, possibleEnds } from '../../../../engine/run/foresee/possible-ends.ts';
import { readUpstreams, type SeenEnd } from '../../../../engine/run/upstreams.ts';
import { quotaOf, type RandomNode, randomWorld } from './random-world.ts';

const scope = { environment: 'dev', dag: 'random' };

/** What a run does, without the world: the same two functions, and what the world has in store. */
function runWorld(nodes: readonly RandomNode[]): ReadonlyMap<string, Decision> {
  const ends = new Map<string, SeenEnd>();
  const decisions = new Map<string, Decision>();
  for (const node of nodes) {
    const upstreams = readUpstreams(node.component, ends, scope);
    const facts = { ...node.facts, upstreams: upstreams.answer, upstreamDigests: upstreams.digests };
    const first = decide(facts);
    const decision = first === 'probe' ? decide({ ...facts, probe: node.probe }) : first;
    if (decision === 'probe') throw new Error('asked twice');
    decisions.set(node.component.id, decision);
    ends.set(node.component.id, endOf(node, decision));
  }
  return decisions;
}

const statuses = { unchanged: 'unchanged', skip: 'skipped', defer: 'deferred', blocked: 'upstream_failed' } as const;

function endOf({ component: { id }, facts, attempt }: RandomNode, { verdict, reason }: Decision): SeenEnd {
  const { lastSuccess } = facts;
  const before = lastSuccess ? { published: lastSuccess } : {};
  if (verdict === 'run') {
    if (attempt === 'failed') return { component: id, status: 'failed', reason: 'error' };
    if (attempt === 'deferred') return { component: id, status: 'deferred', reason: 'quota_exhausted' };
    const isSame = attempt === 'same' && lastSuccess !== undefined;
    const made = attempt === 'older' ? 'older' : 'made-now';
    const published = isSame ? lastSuccess : { output: 1, outputDigest: `${made}:${id}` };
    return { component: id, status: 'success', reason: 'run', published };
  }
  const speaks = verdict === 'unchanged' || ['not_due', 'not_selected', 'disabled'].includes(reason);
  return { component: id, status: statuses[verdict], reason, ...(speaks ? before : {}) };
}

function planWorld(nodes: readonly RandomNode[]): ReadonlyMap<string, Foreseen> {
  const possible = new Map<string, readonly PossibleEnd[]>();
  const plan = new Map<string, Foreseen>();
  for (const node of nodes) {
    const { id } = node.component;
    const facts = node.isScarce ? { ...node.facts, quota: quotaOf(true) } : node.facts;
    const scarce = { quota: quotaOf(false), whenTaken: 'others take them', whenLeft: 'others leave some' };
    const outlook = {
      component: node.component as Component,
      facts,
      possible,
      scope,
      ...(node.isScarce && { scarce }),
    };
    const first = foresee(outlook);
    const foreseen = first === 'probe' ? foresee({ ...outlook, facts: { ...facts, probe: node.probe } }) : first;
    if (foreseen === 'probe') throw new Error('asked twice');
    plan.set(id, foreseen);
    const { lastSuccess, quota } = node.facts;
    const hasQuota = quota !== undefined;
    possible.set(id, possibleEnds({ component: id, foreseen, hasQuota, ...(lastSuccess ? { lastSuccess } : {}) }));
  }
  return plan;
}

const nameOf = ({ verdict, reason }: Decision) => `${verdict} ${reason}`;

describe('foresee', () => {
  it('names the decision of the run in 10,000 generated worlds, and alone where nothing hangs on an upstream', () => {
    const seen = { certain: 0, depends: 0 };
    fc.assert(
      fc.property(randomWorld, (nodes) => {
        const decisions = runWorld(nodes);
        for (const [id, foreseen] of planWorld(nodes)) {
          seen[foreseen.kind] += 1;
          const decision = decisions.get(id) as Decision;
          expect(namedDecisions(foreseen).map(nameOf)).toContain(nameOf(decision));
        }
      }),
      { numRuns: 10_000 },
    );
    expect(seen.certain).toBeGreaterThan(1_000);
    expect(seen.depends).toBeGreaterThan(1_000);
  });
});
