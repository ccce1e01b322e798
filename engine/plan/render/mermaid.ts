import type { Dag } from '../../model/component.ts';

/** A Mermaid flowchart: optional upstreams dotted, disabled components dashed. */
export function renderMermaid(dag: Dag): string {
  const names = new Map(dag.components.map(({ id }, index) => [id, `c${index}`]));
  const nodes = dag.components.map(
    ({ id, enabled }) => `  ${names.get(id)}[${quote(id)}]${enabled ? '' : ':::disabled'}`,
  );
  const edges = dag.components.flatMap(({ id, dependsOn }) =>
    dependsOn.map(
      (upstream) => `  ${names.get(upstream.component)} ${upstream.optional ? '-.->' : '-->'} ${names.get(id)}`,
    ),
  );
  const hasDisabled = dag.components.some(({ enabled }) => !enabled);
  const styles = hasDisabled ? ['  classDef disabled stroke-dasharray: 4 4'] : [];
  return ['flowchart LR', ...nodes, ...edges, ...styles, ''].join('\n');
}

/** Mermaid knows no backslash escapes; entities are written with `#` in place of `&`. */
function quote(text: string): string {
  return `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('\n', ' ')}"`;
}
