import type { Component } from '../../engine/model/component.ts';
import { buildGraph } from '../../engine/plan/graph.ts';
import { createPlan } from '../../engine/plan/plan.ts';
import { priorities } from '../../engine/plan/priorities.ts';
import { median, round } from '../harness/measure.ts';
import { report } from '../harness/report.ts';
import { layered } from '../harness/shape.ts';

/** A plan of 100,000 components, from the graph to the last of them; no database, no work. */
const shape = layered(100_000);
const components = shape.nodes.map(({ id, upstreams }) => ({
  id,
  dependsOn: upstreams.map((upstream) => ({ name: upstream, component: upstream, optional: false })),
})) as unknown as readonly Component[];

const stages = { graph: [] as number[], priorities: [] as number[], walk: [] as number[], all: [] as number[] };
for (let warmups = 3, index = -warmups; index < 15; index += 1) {
  const times = planOnce();
  if (index < 0) continue;
  for (const [stage, ms] of Object.entries(times)) stages[stage as keyof typeof stages].push(ms);
}
for (const [stage, times] of Object.entries(stages)) {
  report('plan', `${shape.nodes.length} nodes, ${shape.edges} edges`, {
    subject: stage,
    rounds: times.length,
    medianMs: round(median(times)),
    minMs: round(Math.min(...times)),
    maxMs: round(Math.max(...times)),
  });
}

function planOnce(): Readonly<Record<keyof typeof stages, number>> {
  const begunMs = performance.now();
  const graph = buildGraph({ components });
  const builtMs = performance.now();
  const weights = priorities(graph, new Map());
  const weighedMs = performance.now();
  const plan = createPlan({ graph, priorities: weights });
  while (!plan.isDone) for (const id of plan.takeReady()) plan.finish(id);
  const doneMs = performance.now();
  return {
    graph: builtMs - begunMs,
    priorities: weighedMs - builtMs,
    walk: doneMs - weighedMs,
    all: doneMs - begunMs,
  };
}
