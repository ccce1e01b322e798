import type { Component } from '../../model/component.ts';
import type { Foreseen, ForeseenRun } from '../../model/foreseen.ts';
import { buildGraph } from '../../plan/graph.ts';
import { blankState } from '../blank-state.ts';
import { gatherFacts, type OwnFacts } from '../gather-facts.ts';
import type { RunPorts, RunRequest } from '../ports.ts';
import { probeSources } from '../probe.ts';
import { quotaFacts } from '../quotas/quota-facts.ts';
import { remember } from '../remember.ts';
import { runInfoOf } from '../run-info.ts';
import type { RunState } from '../run-state.ts';
import { readUpstreams } from '../upstreams.ts';
import { foresee } from './foresee.ts';
import { type Ending, type PossibleEnd, possibleEnds } from './possible-ends.ts';

/**
 * What a run of this request would decide now. Spends probes and nothing else: it claims, records and changes nothing, and
 * what another run does meanwhile it does not see.
 */
export async function foreseeDag(request: RunRequest, ports: RunPorts): Promise<ForeseenRun> {
  const over = new AbortController();
  try {
    const state = await unrecordedState(request, ports, over.signal);
    await remember(state);
    const foreseen = await foreseeAll(state);
    const { environment, dag } = state.info;
    const components = request.dag.components.map(({ id }) => ({ component: id, ...(foreseen.get(id) as Foreseen) }));
    return { environment, dag, forced: request.forced, components };
  } finally {
    over.abort();
  }
}

async function unrecordedState(request: RunRequest, ports: RunPorts, over: AbortSignal): Promise<RunState> {
  const { signal } = request;
  const graph = buildGraph(request.dag);
  const blank = blankState({
    request,
    ports,
    stops: { closed: signal, stop: signal, onFailure: () => {} },
    over,
    graph,
    typicalDurationsMs: new Map(),
  });
  const info = runInfoOf(request, ports.newId(), ports.clock.now());
  return { ...blank, info, componentRunIds: new Map() };
}

async function foreseeAll(state: RunState): Promise<ReadonlyMap<string, Foreseen>> {
  const foreseen = new Map<string, Foreseen>();
  const possible = new Map<string, readonly PossibleEnd[]>();
  for (const generation of buildGraph(state.request.dag).generations) {
    const endings = await Promise.all(
      generation.map((id) => foreseeOne(state.components.get(id) as Component, possible, state)),
    );
    for (const ending of endings) {
      foreseen.set(ending.component, ending.foreseen);
      possible.set(ending.component, possibleEnds(ending));
    }
  }
  return foreseen;
}

async function foreseeOne(
  component: Component,
  possible: ReadonlyMap<string, readonly PossibleEnd[]>,
  state: RunState,
): Promise<Ending> {
  const isAsked = component.enabled && state.request.selected.has(component.id);
  const facts = { ...gatherFacts(component, state), ...(isAsked ? await quotaFacts(component, state) : {}) };
  const outlook = { component, possible, scope: state.info };
  const first = foresee({ ...outlook, facts });
  const foreseen =
    first === 'probe'
      ? foresee({ ...outlook, facts: { ...facts, ...(await probedFacts(component, possible, state)) } })
      : first;
  if (foreseen === 'probe') throw new Error(`Internal error: ${component.id} asked to be probed twice`);
  const { lastSuccess } = facts;
  const hasQuota = component.quota !== undefined;
  return { component: component.id, foreseen, hasQuota, ...(lastSuccess ? { lastSuccess } : {}) };
}

/** As in a run: perhaps the probe had the last call, or none was left to it. */
async function probedFacts(
  component: Component,
  possible: ReadonlyMap<string, readonly PossibleEnd[]>,
  state: RunState,
): Promise<Partial<OwnFacts>> {
  const probe = await probeCertain(component, possible, state);
  return { probe, ...(probe.known ? {} : await quotaFacts(component, state)) };
}

/** Only asked for where each upstream has one possible end, so that the inputs are known. */
function probeCertain(component: Component, possible: ReadonlyMap<string, readonly PossibleEnd[]>, state: RunState) {
  const ends = new Map([...possible].flatMap(([id, [only]]) => (only ? [[id, only.end] as const] : [])));
  const origin = state.ports.originOf(component);
  if ('class' in origin) return { known: false as const, message: origin.message };
  return probeSources(component, readUpstreams(component, ends, state.info), origin, state);
}
