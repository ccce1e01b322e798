import type { Component } from '../model/component.ts';
import type { ClaimAnswer } from '../model/ports.ts';
import { endOrphans } from './children/orphans.ts';
import { componentRunIdOf, type RunState } from './run-state.ts';

/** How often a waiting run looks again; the wait itself is bounded by the run's deadline. */
const lookAgainMs = 250;

/**
 * One claim per (environment, dag, component). A run first takes all it needs in one statement; if another run is in
 * the way it takes none of them and then claims each component when its turn comes, so that two runs never wait for
 * each other in a circle. Returns who is in the way.
 */
export async function claimAll(
  components: readonly Component[],
  state: RunState,
): Promise<ReadonlyMap<string, string>> {
  const { fences, heldBy, buried } = await state.ports.runs.claim({
    ...scopeOf(state),
    owner: state.ports.owner.id,
    wanted: components.map((component) => wantedOf(component, state)),
    allOrNone: true,
  });
  await endOrphansOf(buried, state);
  for (const [component, fence] of fences) state.fences.set(component, fence);
  return heldBy;
}

/** Waits for the claim of one component. False when the run was stopped first, or is another engine's now. */
export async function claimOne(component: Component, state: RunState): Promise<boolean> {
  const { runs, clock, owner, emit } = state.ports;
  let told: string | undefined;
  while (!state.closed.aborted) {
    const wanted = [wantedOf(component, state)];
    const { fences, heldBy, isTakenOver, buried } = await runs.claim({
      ...scopeOf(state),
      owner: owner.id,
      wanted,
      allOrNone: true,
    });
    if (isTakenOver) return false;
    await endOrphansOf(buried, state);
    const fence = fences.get(component.id);
    if (fence !== undefined) {
      state.fences.set(component.id, fence);
      return true;
    }
    const holder = heldBy.get(component.id) ?? 'unknown';
    if (holder !== told) {
      emit({
        type: 'component_waiting',
        at: clock.now(),
        runId: state.info.id,
        component: component.id,
        heldBy: holder,
      });
      told = holder;
    }
    await clock.sleep(lookAgainMs, state.closed);
  }
  return false;
}

/** Before anything is done in their stead. */
async function endOrphansOf(buried: ClaimAnswer['buried'], { ports }: RunState): Promise<void> {
  for (const { id } of buried ?? []) await endOrphans(id, ports.clock);
}

function wantedOf(component: Component, state: RunState) {
  return { component: component.id, componentRunId: componentRunIdOf(state, component) };
}

function scopeOf({ info }: RunState) {
  return { environment: info.environment, dag: info.dag };
}
