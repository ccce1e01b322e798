import type { Component, Dag } from '../model/component.ts';
import { componentsById } from '../model/component-index.ts';
import { FailureError } from '../model/failure.ts';
import type { GlanceTask } from '../model/task.ts';

/** Reads the stored outputs of the direct upstreams with today's schemas. An upstream without output is undefined. */
export function parseInputs(
  component: Component,
  dag: Dag,
  task: Pick<GlanceTask, 'inputs'>,
): Readonly<Record<string, unknown>> {
  const inputs: Record<string, unknown> = {};
  for (const { name, component: upstream } of component.dependsOn) {
    const stored = task.inputs[name];
    if (stored === undefined) continue;
    const schema = componentsById(dag).get(upstream)?.output;
    const parsed = schema?.safeParse(stored);
    if (!parsed?.success) throw misfit(upstream, parsed?.error.issues[0]?.message ?? 'no such component');
    inputs[name] = parsed.data;
  }
  return inputs;
}

function misfit(upstream: string, why: string): FailureError {
  return new FailureError({
    class: 'output',
    message: `the stored output of ${upstream} does not fit its schema of today: ${why}`,
    hint: `Run ${upstream} again with --force, so that its output has today's shape.`,
  });
}
