import type { Component } from '../../model/component.ts';
import type { ComponentCost, Foreseen, ForeseenRun } from '../../model/foreseen.ts';
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
import { ExpectedCalls } from './expected-calls.ts';
import { foresee, type Outlook } from './foresee.ts';
import { type Ending, type PossibleEnd, possibleEnds } from './possible-ends.ts';

/**
 * What a run of this request would decide now. Spends probes and nothing else: it claims, records and changes nothing, and
 * what another run does meanwhile it does not see.
 */
export async function foreseeDag(
  request: RunRequest,
  ports: RunPorts,
  costs: ReadonlyMap<string, ComponentCost>,
): Promise<ForeseenRun> {
  const over = new AbortController();
  try {
    const state = await unrecordedState(request, ports, over.signal);
    await remember(state);
    const foreseen = await foreseeAll(state, new ExpectedCalls(ports.quotas, costs));
    const { environment, dag } = state.info;
    const components = request.dag.components.map(({ id }) => {
      const cost = costs.get(id);
      return { component: id, ...(foreseen.get(id) as Foreseen), ...(cost && { cost }) };
    });
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

async function foreseeAll(state: RunState, calls: ExpectedCalls): Promise<ReadonlyMap<string, Foreseen>> {
  const foreseen = new Map<string, Foreseen>();
  const possible = new Map<string, readonly PossibleEnd[]>();
  for (const generation of buildGraph(state.request.dag).generations) {
    const components = generation.map((id) => state.components.get(id) as Component);
    const endings = await inTurn(components, async (component) => {
      const ending = await foreseeOne(component, possible, calls, state);
      calls.add(component, ending.foreseen);
      return ending;
    });
    for (const ending of endings) {
      foreseen.set(ending.component, ending.foreseen);
      possible.set(ending.component, possibleEnds(ending));
    }
  }
  return foreseen;
}

/** At once, but for components of one quota: what each of them is left hangs on those before it. */
function inTurn<Result>(
  components: readonly Component[],
  work: (component: Component) => Promise<Result>,
): Promise<readonly Result[]> {
  const last = new Map<string, Promise<Result>>();
  return Promise.all(
    components.map((component) => {
      const quota = component.quota?.name;
      const before = quota === undefined ? undefined : last.get(quota);
      const result = before ? before.then(() => work(component)) : work(component);
      if (quota !== undefined) last.set(quota, result);
      return result;
    }),
  );
}

async function foreseeOne(
  component: Component,
  possible: ReadonlyMap<string, readonly PossibleEnd[]>,
  calls: ExpectedCalls,
  state: RunState,
): Promise<Ending> {
  const isAsked = component.enabled && state.request.selected.has(component.id);
  const facts = { ...gatherFacts(component, state), ...(isAsked ? await quotaFacts(component, state) : {}) };
  const scarce = isAsked ? await scarcityOf(component, facts, calls, state) : {};
  const outlook = { component, possible, scope: state.info, ...scarce };
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

/** Where the components before it may leave no call. */
async function scarcityOf(
  component: Component,
  facts: OwnFacts,
  calls: ExpectedCalls,
  state: RunState,
): Promise<Pick<Outlook, 'scarce'>> {
  if (!component.quota || !facts.quota?.available) return {};
  const { name } = component.quota;
  const expected = calls.before(component, component.quota);
  if (expected.calls === 0) return {};
  const { quota } = await quotaFacts(component, state, expected.calls);
  if (!quota || quota.available) return {};
  const before = expected.components.join(', ');
  return {
    scarce: {
      quota,
      whenTaken: `${before} leave no call of quota ${name}`,
      whenLeft: `${before} leave calls of quota ${name}`,
    },
  };
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
