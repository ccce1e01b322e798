import { type GraphFormat, renderGraph } from '../../plan/render/graph.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedDag } from '../project.ts';
import { requireDag } from '../require-dag.ts';
import type { Terminal } from '../terminal.ts';

export async function graph(
  terminal: Terminal,
  { dag, format }: { readonly dag?: string; readonly format: GraphFormat },
): Promise<number> {
  const loaded = await namedDag(requireDag(dag));
  terminal.out(renderGraph(loaded.dag, format));
  return exitCodes.success;
}
