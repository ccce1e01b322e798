import type { RunState } from './run-state.ts';

/** Reads what the last successes left. Only after the claims: until then another run may be adding to it. */
export async function remember(state: RunState, components?: readonly string[]): Promise<void> {
  const { environment, dag } = state.info;
  const successes = await state.ports.memory.lastSuccesses({ environment, dag }, components);
  for (const [component, success] of successes) state.lastSuccesses.set(component, success);
}
