import type { Component, Dag } from '../model/component.ts';
import type { RunSchedules } from '../run/ports.ts';
import type { IsGivenUp } from './given-up.ts';

/** The calendar of a DAG as its runs see it. What computes slots is loaded only where something is scheduled. */
export async function schedulesOf(dag: Dag, isGivenUp?: IsGivenUp): Promise<RunSchedules> {
  if (dag.schedule === undefined && !dag.components.some(isScheduled)) return unscheduled;
  const { runSchedulesOf } = await import('./run-schedules.ts');
  return runSchedulesOf(dag, isGivenUp);
}

function isScheduled({ cron, frequency }: Component): boolean {
  return cron !== undefined || frequency !== undefined;
}

/** Every run asks every component. */
const unscheduled: RunSchedules = {
  dueOf: () => ({
    due: true,
    reason: 'no_schedule',
    because: 'it has neither frequency nor cron: each run asks it',
    inputs: {},
  }),
  intervalOf: (_, asOf) => ({ start: asOf, end: asOf }),
};
