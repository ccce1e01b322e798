import type { Dag } from '../../model/component.ts';

/** Graphviz: optional upstreams dotted, disabled components dashed. */
export function renderDot(dag: Dag): string {
  const nodes = dag.components.map(({ id, enabled }) => `  ${quote(id)}${enabled ? '' : ' [style=dashed]'};`);
  const edges = dag.components.flatMap(({ id, dependsOn }) =>
    dependsOn.map(
      ({ component, optional }) => `  ${quote(component)} -> ${quote(id)}${optional ? ' [style=dotted]' : ''};`,
    ),
  );
  return [`digraph ${quote(dag.id)} {`, '  rankdir=LR;', '  node [shape=box];', ...nodes, ...edges, '}', ''].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', ' ')}"`;
}
