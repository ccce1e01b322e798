/** As much of a component as its place in the graph needs. */
export interface Node {
  readonly id: string;
  readonly dependsOn: readonly { readonly component: string }[];
}

export type Order<N extends Node> =
  | { readonly ok: true; readonly order: readonly N[] }
  /** Ids in the direction of the data, the first one again at the end. */
  | { readonly ok: false; readonly cycle: readonly string[] };

/**
 * Puts every node after its upstreams and leaves the given order alone otherwise. Upstreams that are not among the nodes
 * are passed over. A chain of 100,000 would break a recursive walk, so the stack is our own.
 */
export function orderNodes<N extends Node>(nodes: readonly N[]): Order<N> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const order: N[] = [];
  const placed = new Set<string>();
  const onPath = new Set<string>();
  for (const start of nodes) {
    const path = placed.has(start.id) ? [] : [{ node: start, next: 0 }];
    onPath.add(start.id);
    while (path.length > 0) {
      const step = path.at(-1) as (typeof path)[number];
      const upstream = step.node.dependsOn[step.next++];
      if (upstream === undefined) {
        path.pop();
        onPath.delete(step.node.id);
        placed.add(step.node.id);
        order.push(step.node);
      } else if (onPath.has(upstream.component)) {
        return { ok: false, cycle: cycleOf([...onPath], upstream.component, byId) };
      } else if (!placed.has(upstream.component)) {
        const node = byId.get(upstream.component);
        if (node === undefined) continue;
        path.push({ node, next: 0 });
        onPath.add(node.id);
      }
    }
    onPath.delete(start.id);
  }
  return { ok: true, order };
}

/** The walk went against the data, so the cycle is turned round, and begun at the node that was given first. */
function cycleOf(path: readonly string[], closing: string, given: ReadonlyMap<string, unknown>): readonly string[] {
  const members = path.slice(path.indexOf(closing)).toReversed();
  const first = [...given.keys()].find((id) => members.includes(id)) ?? closing;
  const start = members.indexOf(first);
  return [...members.slice(start), ...members.slice(0, start), first];
}
