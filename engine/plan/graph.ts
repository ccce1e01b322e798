import { DirectedGraph } from 'graphology';
import { topologicalGenerations } from 'graphology-dag';
import type { Component, Dag } from '../model/component.ts';
import { orderNodes } from './order.ts';

/** The components of a DAG as a graph; edges point the way the data flow. */
export interface ComponentGraph {
  readonly graph: DirectedGraph;
  /** Ids by depth: every component stands one generation after the last of its upstreams. */
  readonly generations: readonly (readonly string[])[];
}

export function buildGraph({ components }: Pick<Dag, 'components'>): ComponentGraph {
  const graph = new DirectedGraph();
  for (const { id } of components) graph.addNode(id);
  for (const { id, dependsOn } of components) {
    for (const upstream of dependsOn) graph.addEdge(upstream.component, id);
  }
  return { graph, generations: generationsOf(graph, components) };
}

/** graphology-dag says that there is a cycle but not where. `defineDag` refuses cycles, so one that gets here is a bug. */
function generationsOf(graph: DirectedGraph, components: readonly Component[]): readonly (readonly string[])[] {
  try {
    return topologicalGenerations(graph);
  } catch (error) {
    const sorted = orderNodes(components);
    if (sorted.ok) throw error;
    throw new Error(`Internal error: the graph has the cycle ${sorted.cycle.join(' → ')}`, { cause: error });
  }
}
