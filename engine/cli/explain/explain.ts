import type { Config } from '../../../config/load.ts';
import type { ComponentRunRow, RunDetails } from '../../../state/history/run-details.ts';
import type { ComponentState } from '../../../state/history/status.ts';
import type { State } from '../../../state/open-state.ts';
import { missingSecrets } from '../../embed/secrets.ts';
import type { Component, Dag } from '../../model/component.ts';
import type { ExplainedRun, Explanation } from '../../model/explanation.ts';
import type { Scope } from '../../model/ports.ts';
import { checklistOf } from './checklist.ts';
import { toRun } from './to-run.ts';

/** What an explanation is made from, read once for all components of a DAG. */
export interface Known {
  /** As it was named. */
  readonly dagName: string;
  readonly dag: Dag;
  readonly scope: Scope;
  readonly config: Config;
  readonly state: State;
  readonly now: Date;
  /** The run that is asked about; undefined when there is none. */
  readonly run: RunDetails | undefined;
  readonly states: readonly ComponentState[];
}

/** Slots that are told of a component. */
const slotsMax = 10;

export async function explain(component: Component, known: Known): Promise<Explanation> {
  const { dagName, dag, scope, state } = known;
  const row = known.run?.components.find((candidate) => candidate.component === component.id);
  const run = known.run && row && toExplainedRun(known.run, row);
  const [standing, slots] = await Promise.all([
    standingOf(component, known),
    state.history.slots(scope, component.id, slotsMax),
  ]);
  return {
    environment: scope.environment,
    dag: dag.id,
    component: component.id,
    checklist: checklistOf(component, dag, standing),
    lastSuccessAt: known.states.find((candidate) => candidate.component === component.id)?.lastSuccessAt ?? null,
    ...(run ? { run } : {}),
    toRun: toRun(component, run, { ...scope, dag: dagName }),
    slots,
  };
}

async function standingOf(component: Component, { scope, config, state, now }: Known) {
  const { environment, dag } = scope;
  const [schedules, tick] = await Promise.all([state.slots.schedules(environment), state.slots.lastTick(environment)]);
  const paused = schedules.find((schedule) => schedule.dag === dag)?.paused;
  // The sandbox brings its own keys.
  const missing = environment === 'sandbox' ? [] : missingSecrets([component], config.secret);
  return {
    environment,
    now,
    missingSecrets: missing.map(({ secret }) => secret),
    ...(paused ? { pausedBy: paused.by } : {}),
    ...(tick ? { lastTickAt: tick.startedAt } : {}),
  };
}

function toExplainedRun(run: RunDetails, row: ComponentRunRow): ExplainedRun {
  const { trigger, startedAt, asOf } = run;
  const { status, reason, decision, failure } = row;
  return { runId: run.id, trigger, startedAt, asOf, status, reason, failure, ...(decision ? { decision } : {}) };
}
