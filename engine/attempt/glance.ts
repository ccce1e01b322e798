import type { Dag } from '../model/component.ts';
import { componentsById } from '../model/component-index.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { GlanceTask } from '../model/task.ts';
import { parseInputs } from './inputs.ts';

type Landing = typeof import('./landing.ts');

let landing: Landing | undefined;

/** Asks the sources of a component where all of them answer at once. Undefined also when anything is wrong with them. */
export async function glance(dag: Dag, task: GlanceTask): Promise<readonly SourceEvidence[] | undefined> {
  landing ??= await import('./landing.ts');
  const component = componentsById(dag).get(task.component);
  if (!component?.sources) return undefined;
  const { params, baseUrl, secrets } = task;
  try {
    const inputs = parseInputs(component, dag, task);
    return landing.glanceAt(component.sources({ params, inputs, baseUrl, secrets }), task);
  } catch {
    return undefined;
  }
}
