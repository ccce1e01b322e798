import type { AdoptedComponent, DeadRun } from '../model/adoption.ts';
import { type AttemptStatus, isFailing } from '../model/status.ts';
import { buildGraph } from '../plan/graph.ts';
import { blankState } from './blank-state.ts';
import { endOrphans } from './children/orphans.ts';
import type { RunPorts, RunRequest } from './ports.ts';
import { publishedBefore } from './published-before.ts';
import { spokenFor } from './resting-end.ts';
import { countTry, noTries, type Tries } from './retry.ts';
import { runInfoOf } from './run-info.ts';
import type { Begun, RunState } from './run-state.ts';
import { SlotTaken } from './slot-taken.ts';
import type { Stops } from './stops.ts';

/** The run as its engine left it when it died: what ended stays, what was at work is tried again, the rest goes on. */
export async function adoptRun(
  dead: DeadRun,
  request: RunRequest,
  ports: RunPorts,
  stops: Stops,
  over: AbortSignal,
): Promise<RunState> {
  const adopted = await ports.adoption.adopt(dead, ports.owner.id, stops.stop);
  if (!adopted) throw new SlotTaken(dead.dag, dead.asOf);
  // From now on it can begin nothing more, if it was only stopped.
  await endOrphans(dead.engine.id, ports.clock);
  const typicalDurationsMs = await ports.memory.typicalDurationsMs(dead);
  const ends = adopted.flatMap(({ end }) => end ?? []);
  tellAdopted(dead, adopted, ends.length, ports);
  if (ends.some(({ status }) => isFailing(status))) stops.onFailure();
  const ended = new Set(ends.map(({ component }) => component));
  const graph = buildGraph(request.dag);
  return {
    ...blankState({ request, ports, stops, over, graph, typicalDurationsMs, ended }),
    info: runInfoOf(request, dead.id, dead.startedAt),
    componentRunIds: new Map(adopted.map(({ component, id }) => [component, id])),
    ends: new Map(ends.map((end) => [end.component, end])),
    reopenings: new Map(adopted.flatMap(({ component, reopening }) => (reopening ? [[component, reopening]] : []))),
    begun: new Map(adopted.flatMap((row) => begunOf(row))),
  };
}

function begunOf({ component, end, attempts, decision }: AdoptedComponent): readonly (readonly [string, Begun])[] {
  if (end || attempts.length === 0 || !decision) return [];
  return [[component, { attempts: attempts.length, tries: triesOf(attempts), decision }]];
}

function triesOf(attempts: readonly AttemptStatus[]): Tries {
  return attempts.reduce(
    (tries, status) =>
      status === 'lost' || status === 'failed' || status === 'timed_out' ? countTry(tries, status) : tries,
    noTries,
  );
}

function tellAdopted(
  dead: DeadRun,
  adopted: readonly AdoptedComponent[],
  ended: number,
  { clock, emit }: RunPorts,
): void {
  const { id: runId, dag, environment, dagVersion, trigger, forced, engine, endedBy } = dead;
  emit({
    type: 'run_started',
    at: clock.now(),
    runId,
    dag,
    environment,
    dagVersion,
    trigger,
    forced,
    components: adopted.map(({ component }) => component),
    adopted: { host: engine.host, pid: engine.pid, endedBy, ended },
  });
}

/** What rested speaks to its downstreams through its last success, which is known only after the claims. */
export function restoreOutputs(state: RunState): void {
  for (const [id, end] of state.ends) {
    const published = end.published ?? spokenFor(end, publishedBefore(id, state));
    if (published) state.ends.set(id, { ...end, published });
  }
}
