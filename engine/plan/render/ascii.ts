import type { Component, Dag } from '../../model/component.ts';
import { buildGraph } from '../graph.ts';

/** One line a component, generation by generation, with what it waits for: readable at any size and in any terminal. */
export function renderAscii(dag: Dag): string {
  const byId = new Map(dag.components.map((component) => [component.id, component]));
  const { generations } = buildGraph(dag);
  const idWidth = dag.components.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  const numberWidth = String(generations.length).length;
  const lines = generations.flatMap((generation, depth) =>
    generation.map((id, index) => {
      const number = index === 0 ? String(depth + 1) : '';
      return `${number.padStart(numberWidth)}  ${renderLine(byId.get(id) as Component, idWidth)}`;
    }),
  );
  return [dag.id, ...lines, ''].join('\n');
}

function renderLine({ id, dependsOn, enabled }: Component, width: number): string {
  const upstreams = dependsOn.map(({ component, optional }) => (optional ? `${component}?` : component));
  const arrow = upstreams.length === 0 ? '' : ` <- ${upstreams.join(', ')}`;
  return `${id.padEnd(width)}${arrow}${enabled ? '' : ' (disabled)'}`.trimEnd();
}
