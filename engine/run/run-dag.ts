import type { Component } from '../model/component.ts';
import type { RunSummary } from '../model/summary.ts';
import { claimAll } from './claim.ts';
import { runComponent } from './component-run.ts';
import { createInbox } from './inbox.ts';
import { openRun } from './open-run.ts';
import type { RunPorts, RunRequest } from './ports.ts';
import { remember } from './remember.ts';
import type { RunState } from './run-state.ts';

/** Runs a DAG once. Never throws for what a component does; throws when the state store is out of reach. */
export async function runDag(request: RunRequest, ports: RunPorts): Promise<RunSummary> {
  const run = await openRun(request, ports);
  try {
    const heldBy = await claimAll(toClaim(request), run.state);
    await remember(run.state);
    const isBusy = request.noWait && heldBy.size > 0;
    if (isBusy) run.stop('cancelled');
    await runPlan(run.state);
    return await run.close(isBusy ? heldBy : new Map());
  } catch (error) {
    // The state is out of reach: nothing goes on that cannot be recorded.
    run.stop('interrupted');
    throw error;
  } finally {
    run.release();
  }
}

function toClaim({ dag, selected }: RunRequest): readonly Component[] {
  return dag.components.filter(({ id, enabled }) => enabled && selected.has(id));
}

/** While the plan is not done: start everything that is ready, wait for the next ends, tell the plan. */
async function runPlan(state: RunState): Promise<void> {
  const { plan } = state;
  const ended = createInbox<string>();
  let live = 0;
  const start = (id: string) => {
    live += 1;
    runComponent(state.components.get(id) as Component, state).then(() => ended.put(id), ended.fail);
  };
  while (!plan.isDone) {
    for (const id of plan.takeReady()) start(id);
    if (live === 0) throw new Error(`Internal error: the plan is stuck; never ready: ${plan.blocked().join(', ')}`);
    for (const id of await ended.take()) {
      live -= 1;
      plan.finish(id);
    }
  }
}
