import type { Dag } from '../../model/component.ts';
import { renderAscii } from './ascii.ts';
import { renderDot } from './dot.ts';
import { renderMermaid } from './mermaid.ts';

const renderers = { mermaid: renderMermaid, dot: renderDot, ascii: renderAscii };

export type GraphFormat = keyof typeof renderers;
export const graphFormats = Object.keys(renderers) as readonly GraphFormat[];

/** The DAG as text; ends with a newline. */
export function renderGraph(dag: Dag, format: GraphFormat): string {
  return renderers[format](dag);
}
