import * as fc from 'fast-check';
import { component, type Dag, defineDag, optional } from 'signalbox';

/** A DAG of up to 25 components, each after some of those before it, some optional, and a duration for each. */
export const randomDag: fc.Arbitrary<{ dag: Dag; durationsMs: ReadonlyMap<string, number> }> = fc
  .array(
    fc.record({
      upstreams: fc.array(fc.record({ index: fc.nat(24), optional: fc.boolean() }), { maxLength: 4 }),
      durationMs: fc.integer({ min: 1, max: 60_000 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((nodes) => {
    const handles: ReturnType<typeof component>[] = [];
    for (const [own, node] of nodes.entries()) {
      const before = new Map(
        node.upstreams.filter(({ index }) => index < own).map((upstream) => [upstream.index, upstream.optional]),
      );
      const dependsOn = Object.fromEntries(
        [...before].map(([index, isOptional]) => {
          const handle = handles[index] as (typeof handles)[number];
          return [`c${index}`, isOptional ? optional(handle) : handle];
        }),
      );
      handles.push(component({ id: `c${own}`, dependsOn, run: async () => own }));
    }
    return {
      dag: defineDag({ id: 'random', components: handles }),
      durationsMs: new Map(nodes.map(({ durationMs }, own) => [`c${own}`, durationMs])),
    };
  });
