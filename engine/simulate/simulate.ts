import type { Verdict } from '../model/decision.ts';
import { showTime } from '../model/show-time.ts';
import type { ComponentTotal, SimulatedRun, Simulation, SimulationInput } from '../model/simulation.ts';
import { dagScheduleOf } from '../schedule/dag-schedule.ts';
import { slotsBetween } from '../schedule/slots.ts';
import { findClockChanges } from './clock-changes.ts';
import { Future } from './future.ts';
import { simulateRun } from './simulate-run.ts';

/**
 * The runs of a DAG over a span of time, by the planner and the decider that real runs go by, on a clock that only the events
 * move. Pure: durations, calls and changes are those of the past that is handed in.
 */
export function simulate(input: SimulationInput): Simulation {
  const { dag, environment, from, to } = input;
  const future = new Future(input);
  const { own } = dagScheduleOf(dag);
  const runs: SimulatedRun[] = [];
  for (const slot of own ? slotsBetween(own, from, to) : []) {
    const before = runs.at(-1);
    if (before && before.end > slot) {
      const message = `the run before it, of ${showTime(before.slot)}, is still at work`;
      future.findings.add('overlap', dag.id, slot, message);
    }
    runs.push(simulateRun(slot, future));
  }
  findClockChanges(input, future.findings);
  const findings = future.findings.all();
  return { dag: dag.id, environment, from, to, runs, components: totalsOf(runs, future), findings };
}

function totalsOf(runs: readonly SimulatedRun[], { input, calls }: Future): readonly ComponentTotal[] {
  const totals = new Map(input.dag.components.map(({ id }) => [id, emptyTotal()]));
  for (const { component, verdict, start, end, waitedMs } of runs.flatMap((run) => run.components)) {
    const total = totals.get(component) as ReturnType<typeof emptyTotal>;
    total.verdicts[verdict] = (total.verdicts[verdict] ?? 0) + 1;
    total.workMs += end.getTime() - start.getTime();
    total.longestWaitMs = Math.max(total.longestWaitMs, waitedMs);
  }
  return [...totals].map(([component, total]) => ({
    component,
    ...total,
    calls: calls.get(component) ?? 0,
    duration: input.past.has(component) ? 'learned' : 'timeout',
  }));
}

function emptyTotal() {
  return { verdicts: {} as Partial<Record<Verdict, number>>, workMs: 0, longestWaitMs: 0 };
}
