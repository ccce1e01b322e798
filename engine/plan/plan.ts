import type { ComponentGraph } from './graph.ts';

/** Who is ready. Knows neither a clock nor a promise, nor how a component ended: trigger rules judge that. */
export interface Plan {
  /** Components all of whose direct upstreams have ended, whatever their end, highest priority first; each one once. */
  takeReady(): readonly string[];
  /** Marks a component that was taken as ended and releases its downstreams. */
  finish(component: string): void;
  /** True when every component has ended. */
  readonly isDone: boolean;
  /** Components that still wait for an upstream. With nothing at work and nothing ready they are stuck. */
  blocked(): readonly string[];
}

export interface PlanInputs {
  readonly graph: ComponentGraph;
  readonly priorities: ReadonlyMap<string, number>;
  /** Components that had ended before. */
  readonly ended?: ReadonlySet<string>;
}

/** A finish costs as much as the component has downstreams; nothing is ever searched. */
export function createPlan({ graph: { graph, generations }, priorities, ended = new Set() }: PlanInputs): Plan {
  const waitsFor = new Map(graph.mapNodes((id) => [id, graph.inDegree(id)]));
  const taken = new Set<string>();
  let ready = [...(generations[0] ?? [])];
  let unfinished = graph.order;

  const release = (downstream: string) => {
    const left = (waitsFor.get(downstream) as number) - 1;
    waitsFor.set(downstream, left);
    if (left === 0) ready.push(downstream);
  };

  if (ended.size > 0) {
    ready = ready.filter((id) => !ended.has(id));
    unfinished -= ended.size;
    const releaseOpen = (downstream: string) => {
      if (!ended.has(downstream)) release(downstream);
    };
    for (const id of ended) graph.forEachOutNeighbor(id, releaseOpen);
  }

  return {
    takeReady: () => {
      const ranked = ready.map((id) => ({ id, priority: priorities.get(id) ?? 0 }));
      ranked.sort((left, right) => right.priority - left.priority);
      ready = [];
      return ranked.map(({ id }) => {
        taken.add(id);
        return id;
      });
    },
    finish: (component) => {
      if (!taken.delete(component)) throw new Error(`Internal error: ${component} ended without having been started`);
      unfinished -= 1;
      graph.forEachOutNeighbor(component, release);
    },
    get isDone() {
      return unfinished === 0;
    },
    blocked: () => [...waitsFor].filter(([, upstreams]) => upstreams > 0).map(([id]) => id),
  };
}
