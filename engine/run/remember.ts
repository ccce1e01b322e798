import { isBackfilled } from './ports.ts';
import type { RunState } from './run-state.ts';

/** Reads what the last successes left. Only after the claims: until then another run may be adding to it. */
export async function remember(state: RunState, components?: readonly string[]): Promise<void> {
  const { environment, dag } = state.info;
  const successes = await state.ports.memory.lastSuccesses({ environment, dag }, components);
  for (const [component, success] of successes) state.lastSuccesses.set(component, success);
  if (isBackfilled(state.request) && components === undefined) await rememberSlot(state);
}

/** Of components that others read. One that has a schedule of its own may have made its last output some slots before. */
async function rememberSlot({ info, request, ports, slotOutputs }: RunState): Promise<void> {
  const read = new Set(request.dag.components.flatMap(({ dependsOn }) => dependsOn.map(({ component }) => component)));
  const wanted = request.dag.components
    .filter(({ id }) => read.has(id))
    .map((component) => ({ component: component.id, from: ports.schedules.intervalOf(component, info.asOf).end }));
  if (wanted.length === 0) return;
  const made = await ports.memory.slotOutputs(info, wanted, info.asOf);
  for (const [component, published] of made) slotOutputs.set(component, published);
}
