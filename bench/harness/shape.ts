/** A DAG without its work: ids in topological order, each with its upstreams. */
export interface Shape {
  readonly name: string;
  readonly nodes: readonly ShapeNode[];
  readonly edges: number;
}

export interface ShapeNode {
  readonly id: string;
  readonly upstreams: readonly string[];
}

export function chain(length: number): Shape {
  return shapeOf(
    `chain-${length}`,
    Array.from({ length }, (_, index) => ({ id: `n${index}`, upstreams: index === 0 ? [] : [`n${index - 1}`] })),
  );
}

/** One, then `width` at once, then one that waits for all of them. */
export function fan(width: number): Shape {
  const middle = Array.from({ length: width }, (_, index) => ({ id: `m${index}`, upstreams: ['first'] }));
  const last = { id: 'last', upstreams: middle.map(({ id }) => id) };
  return shapeOf(`fan-${width}`, [{ id: 'first', upstreams: [] }, ...middle, last]);
}

/** Layers as wide as there are layers, three upstreams a node, and some with a fourth: `3 × nodes` edges in all. */
export function layered(nodes: number): Shape {
  const width = Math.round(Math.sqrt(nodes));
  const withFourth = 3 * width;
  const steps = [0, 7, 31, 53];
  return shapeOf(
    `layered-${width * width}`,
    Array.from({ length: width * width }, (_, index) => {
      const layer = Math.floor(index / width);
      const count = index - width < withFourth ? 4 : 3;
      const before = (step: number) => `n${(layer - 1) * width + ((index + step) % width)}`;
      return { id: `n${index}`, upstreams: layer === 0 ? [] : steps.slice(0, count).map(before) };
    }),
  );
}

function shapeOf(name: string, nodes: readonly ShapeNode[]): Shape {
  return { name, nodes, edges: nodes.reduce((sum, { upstreams }) => sum + upstreams.length, 0) };
}
