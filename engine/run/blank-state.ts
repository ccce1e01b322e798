import type { ComponentGraph } from '../plan/graph.ts';
import { createPlan } from '../plan/plan.ts';
import { priorities as prioritiesOf } from '../plan/priorities.ts';
import { createPlaces } from './places.ts';
import type { RunState } from './run-state.ts';
import type { Stops } from './stops.ts';

interface StateParts extends Pick<RunState, 'request' | 'ports'> {
  readonly stops: Pick<Stops, 'closed' | 'stop' | 'onFailure'>;
  readonly over: AbortSignal;
  readonly graph: ComponentGraph;
  /** Of an adopted run. */
  readonly ended?: ReadonlySet<string>;
  readonly typicalDurationsMs: ReadonlyMap<string, number>;
}

/** Before anything has happened. */
export function blankState({ request, ports, stops, over, graph, typicalDurationsMs, ended = new Set() }: StateParts) {
  const { dag, settings } = request;
  const priorities = prioritiesOf(graph, typicalDurationsMs);
  const startsNothingMore = new Promise<void>((resolve) => {
    for (const signal of [stops.closed, over]) signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return {
    request,
    ports,
    ...stops,
    priorities,
    plan: createPlan({ graph, priorities, ended }),
    places: createPlaces({ ...settings, groups: dag.groups, startsNothingMore }),
    components: new Map(dag.components.map((component) => [component.id, component])),
    fences: new Map(),
    lastSuccesses: new Map(),
    slotOutputs: new Map(),
    publishing: new Map(),
    begunMs: new Map(),
    ends: new Map(),
    reopenings: new Map(),
    begun: new Map(),
  } satisfies Omit<RunState, 'info' | 'componentRunIds'>;
}
