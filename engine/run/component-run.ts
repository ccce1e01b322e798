import { decide } from '../decide/decide.ts';
import type { Component } from '../model/component.ts';
import type { Decision, DecisionCheck } from '../model/decision.ts';
import type { ProbeResult } from '../model/evidence.ts';
import type { ComponentEnd } from '../model/summary.ts';
import { unreachable } from '../model/unreachable.ts';
import { claimOne } from './claim.ts';
import { endByStop, endByVerdict, endParked, endRefusedOrigin } from './end-without-attempt.ts';
import { gatherFacts } from './gather-facts.ts';
import type { Origin } from './ports.ts';
import { probeSources } from './probe.ts';
import { quotaFacts } from './quotas/quota-facts.ts';
import { reopenAfter } from './quotas/reopening.ts';
import { remember } from './remember.ts';
import { isParked } from './retry.ts';
import type { Begun, RunState } from './run-state.ts';
import { sweepLeftovers } from './sweep.ts';
import { runAttempts } from './tries.ts';
import { readUpstreams, type Upstreams } from './upstreams.ts';

/**
 * One component of a run, from the moment its upstreams have ended to its recorded end:
 * upstreams → claim → decide → (probe → decide) → attempts or an end without one.
 */
export async function runComponent(component: Component, state: RunState): Promise<ComponentEnd> {
  state.begunMs.set(component.id, state.ports.clock.monotonicMs());
  const begun = state.begun.get(component.id);
  if (state.closed.aborted) return endByStop(component, state, begun?.attempts);
  const upstreams = readUpstreams(component, state.ends, state.info);
  const isTaken = (begun || mayRun(component, upstreams, state)) && !(await ensureClaim(component, state));
  if (isTaken) return endByStop(component, state, begun?.attempts);
  if (begun) return goOn(component, begun, upstreams, state);
  const facts = {
    upstreams: upstreams.answer,
    upstreamDigests: upstreams.digests,
    ...gatherFacts(component, state),
    ...(component.quota && mayRun(component, upstreams, state) ? await quotaFacts(component, state) : {}),
  };
  const passed: DecisionCheck[] = [];
  const first = decide(facts, passed);
  if (first !== 'probe') {
    reopenAfter(component, first, facts.quota, state);
    return carryOut(component, first, upstreams, undefined, state);
  }
  const origin = state.ports.originOf(component);
  const probe = isFailure(origin)
    ? { known: false as const, message: origin.message }
    : await probeSources(component, upstreams, origin, state);
  if (state.closed.aborted) return endByStop(component, state);
  // Perhaps the probe had the last call, or none was left to it.
  const quota = probe.known ? facts.quota : ((await quotaFacts(component, state)).quota ?? facts.quota);
  const decision = decide({ probe, ...facts, ...(quota ? { quota } : {}) }, probe.known ? passed : []);
  if (decision === 'probe') throw new Error(`Internal error: ${component.id} asked to be probed twice`);
  reopenAfter(component, decision, quota, state);
  return carryOut(component, decision, upstreams, probe, state);
}

/** It was decided and begun under an engine that died: what is left to know is whether it killed that. */
function goOn(component: Component, begun: Begun, upstreams: Upstreams, state: RunState): Promise<ComponentEnd> {
  if (isParked(begun.tries)) return endParked(component, begun.attempts, state);
  return carryOut(component, begun.decision, upstreams, undefined, state);
}

function carryOut(
  component: Component,
  decision: Decision,
  upstreams: Upstreams,
  probe: ProbeResult | undefined,
  state: RunState,
): Promise<ComponentEnd> {
  switch (decision.verdict) {
    case 'run': {
      const origin = state.ports.originOf(component);
      if (isFailure(origin)) return endRefusedOrigin(component, decision, origin, upstreams, state);
      const landed = probe?.known ? probe.evidence : [];
      return runAttempts({ component, decision, origin, upstreams, landed }, state);
    }
    case 'unchanged':
    case 'skip':
    case 'defer':
    case 'blocked':
      return endByVerdict(component, decision, upstreams, probe, state);
    default:
      return unreachable(decision.verdict);
  }
}

/** What is disabled, not asked for or blocked needs no claim: nothing of it will be done. */
function mayRun(component: Component, upstreams: Upstreams, state: RunState): boolean {
  return component.enabled && state.request.selected.has(component.id) && upstreams.answer.verdict === 'run';
}

/** Claims what the run could not claim when it began; what another run did meanwhile is then read anew. */
async function ensureClaim(component: Component, state: RunState): Promise<boolean> {
  if (state.fences.has(component.id)) return true;
  if (!(await claimOne(component, state))) return false;
  await remember(state, [component.id]);
  await sweepLeftovers(state);
  return true;
}

function isFailure(origin: ReturnType<RunState['ports']['originOf']>): origin is Exclude<typeof origin, Origin> {
  return 'class' in origin;
}
