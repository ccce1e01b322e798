import type { ComponentGraph } from './graph.ts';

/** For a component that never succeeded where none did. Only proportions matter. */
const guessMs = 1_000;

/**
 * The critical path: for each component the milliseconds from its start to the end of the longest chain below it, itself
 * included. Whoever has most work waiting behind it starts first. Components without a past take the median of the others.
 */
export function priorities(
  { graph, generations }: ComponentGraph,
  typicalDurationsMs: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const unknownMs = median(typicalDurationsMs.values()) ?? guessMs;
  const remainingMs = new Map<string, number>();
  for (const generation of generations.toReversed()) {
    for (const id of generation) {
      let longestMs = 0;
      graph.forEachOutNeighbor(id, (downstream) => {
        longestMs = Math.max(longestMs, remainingMs.get(downstream) ?? 0);
      });
      remainingMs.set(id, longestMs + (typicalDurationsMs.get(id) ?? unknownMs));
    }
  }
  return remainingMs;
}

function median(values: Iterable<number>): number | undefined {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.floor(sorted.length / 2)];
}
