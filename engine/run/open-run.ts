import type { Clock } from '../model/ports.ts';
import type { RunEndStatus } from '../model/status.ts';
import type { RunSummary } from '../model/summary.ts';
import type { StopCause } from '../model/task.ts';
import { buildGraph } from '../plan/graph.ts';
import { adoptRun } from './adopt-run.ts';
import { blankState } from './blank-state.ts';
import { advancesOf, type RunPorts, type RunRequest } from './ports.ts';
import { runInfoOf } from './run-info.ts';
import type { RunState } from './run-state.ts';
import { SlotTaken } from './slot-taken.ts';
import { openStops, type Stops } from './stops.ts';
import { summarise, takenOver } from './summary.ts';

/** A run on record, with its deadline ticking. */
export interface OpenRun {
  readonly state: RunState;
  stop(cause: StopCause): void;
  /** Records the end. `heldBy` is not empty when the run gave up because others hold its components. */
  close(heldBy: ReadonlyMap<string, string>): Promise<RunSummary>;
  /** Records that the run was given up, as far as that can be recorded. Never throws: what was thrown before counts. */
  abandon(error: unknown): Promise<void>;
  /** Ends the deadline and whatever waits for the end of the run. */
  release(): void;
}

export async function openRun(request: RunRequest, ports: RunPorts): Promise<OpenRun> {
  const over = new AbortController();
  const startedMs = ports.clock.monotonicMs() - ageOf(request, ports.clock);
  const stops = openStops(request, ports.clock, over.signal);
  const made = request.adopts
    ? adoptRun(request.adopts, request, ports, stops, over.signal)
    : recordRun(request, ports, stops, over.signal);
  const state = await made.catch((error: unknown) => {
    // Nobody gets to release it, and its deadline would keep the process.
    over.abort();
    throw error;
  });
  void ports.awaitCancel(state.info.id, over.signal).then((isAsked) => isAsked && stops.end('cancelled'));
  return {
    state,
    stop: stops.end,
    close: (heldBy) => closeRun(state, heldBy, ports.clock.monotonicMs() - startedMs),
    abandon: (error) => abandonRun(state, error),
    release: () => over.abort(),
  };
}

/** Of an adopted run: what went by since its first engine began it. */
function ageOf({ adopts }: RunRequest, clock: Clock): number {
  return adopts ? Math.max(0, clock.now().getTime() - adopts.startedAt.getTime()) : 0;
}

async function recordRun(request: RunRequest, ports: RunPorts, stops: Stops, over: AbortSignal): Promise<RunState> {
  const { dag, dagVersion, environment, trigger, forced, settings, slot, takes, retryOf } = request;
  const scope = { environment, dag: dag.id };
  const id = ports.newId();
  const startedAt = ports.clock.now();
  const info = runInfoOf(request, id, startedAt);
  const deadline = new Date(startedAt.getTime() + settings.timeoutMs);
  const components = dag.components.map((component) => ({ id: ports.newId(), component: component.id }));
  const typicalDurationsMs = await ports.memory.typicalDurationsMs(scope);
  const { definition, selection } = request;
  const owner = ports.owner.id;
  const made = {
    ...scope,
    id,
    dagVersion,
    definition,
    trigger,
    forced,
    asOf: info.asOf,
    answersSlots: request.answersSlots ?? false,
    advances: advancesOf(request),
    ...(slot && { slot }),
    ...(takes && { takes }),
    ...(request.backfill !== undefined && { backfill: request.backfill }),
    ...(retryOf !== undefined && { retryOf }),
    owner,
    startedAt,
    deadline,
    selection,
    components,
  };
  const recorded = ports.runs.createRun(made, stops.stop);
  const blankMeanwhile = async () => {
    await ports.clock.turn();
    return blankState({ request, ports, stops, over, graph: buildGraph(dag), typicalDurationsMs });
  };
  // For 10,000 components it takes as long as the database takes for their rows: they are on their way first.
  const [isMade, blank] = await Promise.all([recorded, blankMeanwhile()]);
  if (!isMade) throw new SlotTaken(dag.id, info.asOf);
  const componentIds = components.map(({ component }) => component);
  ports.emit({
    type: 'run_started',
    at: startedAt,
    runId: id,
    ...scope,
    dagVersion,
    trigger,
    forced,
    components: componentIds,
  });
  return { ...blank, info, componentRunIds: new Map(components.map((row) => [row.component, row.id])) };
}

async function closeRun(state: RunState, heldBy: ReadonlyMap<string, string>, durationMs: number): Promise<RunSummary> {
  const intended = summarise(state, heldBy, durationMs);
  const finishedAt = state.ports.clock.now();
  const isRecorded = await state.ports.runs.finishRun({
    id: state.info.id,
    owner: state.ports.owner.id,
    status: intended.status satisfies RunEndStatus,
    finishedAt,
    refused: intended.refused,
    ...(intended.reason === undefined ? {} : { reason: intended.reason }),
  });
  const summary = isRecorded ? intended : takenOver(intended);
  const { status, reason } = summary;
  const why = reason === undefined ? {} : { reason };
  state.ports.emit({
    type: 'run_finished',
    at: finishedAt,
    runId: state.info.id,
    status,
    durationMs,
    counts: summary.counts,
    ...(state.request.adopts && { adopted: true as const }),
    ...why,
  });
  return summary;
}

/** The state may be out of reach, which was waited for already. */
const abandonMs = 5_000;

async function abandonRun({ ports, info }: RunState, error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  const message = `the engine had to give up the run: ${why}`;
  const failure = { class: 'infra', message, hint: 'Run it again; what it published before stands.' } as const;
  const over = new AbortController();
  const recorded = ports.runs.abandonRun({ id: info.id, owner: ports.owner.id, failure }).catch(() => {});
  await Promise.race([recorded, ports.clock.sleep(abandonMs, over.signal)]);
  over.abort();
}
