import type { Component } from '../model/component.ts';
import { isFailing } from '../model/status.ts';
import type { RunSummary } from '../model/summary.ts';
import { restoreOutputs } from './adopt-run.ts';
import { claimAll } from './claim.ts';
import { runComponent } from './component-run.ts';
import { createInbox } from './inbox.ts';
import { type OpenRun, openRun } from './open-run.ts';
import type { RunPorts, RunRequest } from './ports.ts';
import { remember } from './remember.ts';
import type { RunState } from './run-state.ts';
import { sweepLeftovers } from './sweep.ts';
import { takenOverReason } from './taken-over.ts';

/**
 * Runs a DAG once. Never throws for what a component does; throws when the state store is out of reach, or for a bug: then
 * all that was at work has ended, and what could be recorded of that is.
 */
export async function runDag(request: RunRequest, ports: RunPorts): Promise<RunSummary> {
  const run = await openRun(request, ports);
  try {
    const heldBy = await claimAll(toClaim(run.state), run.state);
    await remember(run.state);
    restoreOutputs(run.state);
    await sweepLeftovers(run.state);
    const isBusy = request.noWait && heldBy.size > 0;
    if (isBusy) run.stop('cancelled');
    await runPlan(run);
    return await run.close(isBusy ? heldBy : new Map());
  } catch (error) {
    await run.abandon(error);
    throw error;
  } finally {
    run.release();
  }
}

function toClaim({ request: { dag, selected }, ends }: RunState): readonly Component[] {
  return dag.components.filter(({ id, enabled }) => enabled && selected.has(id) && !ends.has(id));
}

interface ComponentReturn {
  readonly id: string;
  /** What it threw; a component that fails throws nothing. */
  readonly thrown?: { readonly error: unknown };
}

/**
 * So many begin in one turn of the event loop: the database writes what they record while the next ones are at work here,
 * and nothing else in this process waits for thousands that became ready at once.
 */
const startsPerTurn = 64;

/**
 * While the plan is not done: start what is ready, wait for the next ends, tell the plan. After a throw nothing is started
 * any more, and what is at work is stopped and waited for.
 */
async function runPlan(run: OpenRun): Promise<void> {
  const { plan, components, ports } = run.state;
  const ended = createInbox<ComponentReturn>();
  const ready = await trySuspects(run);
  let live = 0;
  let broken: ComponentReturn['thrown'];
  const start = (id: string) => {
    live += 1;
    runComponent(components.get(id) as Component, run.state).then(
      () => ended.put({ id }),
      (error: unknown) => ended.put({ id, thrown: { error } }),
    );
  };
  while (broken ? live > 0 : !plan.isDone) {
    for (const id of plan.takeReady()) ready.push(id);
    if (!broken) for (const id of ready.splice(0, startsPerTurn)) start(id);
    if (live === 0) throw new Error(`Internal error: the plan is stuck; never ready: ${plan.blocked().join(', ')}`);
    await (ready.length > 0 && !broken ? ports.clock.turn() : ended.arrival());
    for (const { id, thrown } of ended.take()) {
      live -= 1;
      if (!thrown) finish(id, run);
      else if (!broken) run.stop('interrupted');
      broken ??= thrown;
    }
  }
  if (broken) throw broken.error;
}

/**
 * Of what was at work when an engine died, nobody knows what killed it: each is tried with nothing else at work, so that only
 * the culprit is ever parked. Returns what else is ready.
 */
async function trySuspects(run: OpenRun): Promise<string[]> {
  const { plan, components, begun } = run.state;
  const isSuspect = (id: string) => (begun.get(id)?.tries.lostInARow ?? 0) > 0;
  const ready = plan.takeReady();
  for (const id of ready.filter(isSuspect)) {
    await runComponent(components.get(id) as Component, run.state);
    finish(id, run);
  }
  return ready.filter((id) => !isSuspect(id));
}

/** With its first failing end it is certain that the run fails. */
function finish(id: string, run: OpenRun): void {
  const { plan, ends, onFailure } = run.state;
  const end = ends.get(id);
  // Nothing of this engine counts any more: whatever else it does is done twice.
  if (end?.reason === takenOverReason) run.stop('interrupted');
  else if (end && isFailing(end.status)) onFailure();
  plan.finish(id);
}
