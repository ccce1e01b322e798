import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDag } from 'signalbox';
import { createInlineWorkshop } from '../../engine/attempt/inline.ts';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { runSchedulesOf } from '../../engine/embed/run-schedules.ts';
import type { Dag } from '../../engine/model/component.ts';
import type { RunEvent } from '../../engine/model/event.ts';
import type { Owner } from '../../engine/model/ports.ts';
import type { RunSummary } from '../../engine/model/summary.ts';
import type { Workshop } from '../../engine/model/task.ts';
import { type Selection, select } from '../../engine/plan/select.ts';
import type { Origin, RunPorts, RunRequest, RunSettings } from '../../engine/run/ports.ts';
import { runDag } from '../../engine/run/run-dag.ts';
import { windowOf } from '../../engine/schedule/quota-window.ts';
import type { ComponentRunRow, RunDetails } from '../../state/history/run-details.ts';
import { newId } from '../../state/new-id.ts';
import { type OpenStateOptions, openState, type State } from '../../state/open-state.ts';
import { createDatabase, type TestDatabase } from './postgres.ts';

export interface RigRunOptions extends Selection {
  readonly forced?: boolean;
  readonly noWait?: boolean;
  readonly signal?: AbortSignal;
  readonly hurry?: AbortSignal;
  /** What a tick would ask for. */
  readonly request?: Partial<
    Pick<RunRequest, 'trigger' | 'slot' | 'asOf' | 'answersSlots' | 'takes' | 'advances' | 'adopts'>
  >;
  readonly settings?: Partial<RunSettings>;
  readonly ports?: Partial<RunPorts>;
  readonly process?: Workshop;
  readonly origin?: Origin;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A run that goes on. */
export interface LiveRun {
  readonly events: readonly RunEvent[];
  readonly summary: Promise<RunSummary>;
  /** The first event that fits, emitted already or still to come. */
  event<Type extends RunEvent['type']>(
    type: Type,
    isMeant?: (event: Extract<RunEvent, { type: Type }>) => boolean,
  ): Promise<Extract<RunEvent, { type: Type }>>;
}

/** Runs on a real database, inline, with everything that a test may want to hold in its hand. */
export interface RunRig {
  readonly state: State;
  readonly owner: Owner;
  readonly storageRoot: string;
  readonly databaseUrl: string;
  start(dag: Dag, options?: RigRunOptions): LiveRun;
  run(dag: Dag, options?: RigRunOptions): Promise<RunSummary>;
  /** What the database says of a run. */
  details(summary: RunSummary | string): Promise<RunDetails>;
  close(): Promise<void>;
}

export const runSettings: RunSettings = {
  concurrency: 4,
  timeoutMs: 3_600_000,
  componentTimeoutMs: 600_000,
  graceMs: 20,
  failurePolicy: 'continue',
  retries: { max: 0, delayMs: 1_000, maxDelayMs: 60_000 },
  probeConcurrency: 4,
  auditEvery: 0,
  limits: { sqlMemoryMb: 128, sqlThreads: 1 },
};

export interface RigOptions {
  /** How the state is opened, where that is not straight away. */
  readonly open?: (database: TestDatabase) => Promise<OpenStateOptions>;
}

export async function openRunRig({ open }: RigOptions = {}): Promise<RunRig> {
  const storageRoot = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-run-')));
  const database = await createDatabase();
  const state = await openState((await open?.(database)) ?? { home: storageRoot, databaseUrl: database.url });
  const owner = await state.owners.register();
  const start: RunRig['start'] = (dag, options = {}) => startRun(dag, options, { state, owner, storageRoot });
  return {
    state,
    owner,
    storageRoot,
    databaseUrl: database.url,
    start,
    run: (dag, options) => start(dag, options).summary,
    details: async (run) => {
      const details = await state.history.run(typeof run === 'string' ? run : run.runId);
      if (!details) throw new Error('the run has no row');
      return details;
    },
    close: async () => {
      await state.close();
      await database.drop();
      rmSync(storageRoot, { recursive: true, force: true });
    },
  };
}

export function componentOf(details: RunDetails, component: string): ComponentRunRow {
  const row = details.components.find((candidate) => candidate.component === component);
  if (!row) throw new Error(`the run has no ${component}`);
  return row;
}

/** `{ a: 'success', b: 'failed' }` of a summary or of the rows of a run. */
export function statusesOf({ components }: RunSummary | RunDetails): Readonly<Record<string, string>> {
  return Object.fromEntries(components.map(({ component, status }) => [component, status]));
}

export function reasonsOf({ components }: RunSummary | RunDetails): Readonly<Record<string, string | null>> {
  return Object.fromEntries(components.map(({ component, reason }) => [component, reason]));
}

function startRun(
  dag: Dag,
  options: RigRunOptions,
  { state, owner, storageRoot }: Pick<RunRig, 'state' | 'owner' | 'storageRoot'>,
): LiveRun {
  const events: RunEvent[] = [];
  const lookers = new Set<() => void>();
  const inline = createInlineWorkshop(dag);
  const origin = options.origin ?? { baseUrl: '', network: { kind: 'only', host: '127.0.0.1', port: 1 } };
  const secrets = options.secrets ?? {};
  const ports: RunPorts = {
    clock: systemClock,
    newId,
    random: () => 0.5,
    owner,
    runs: state.runs,
    adoption: state.adoption,
    memory: state.memory,
    schedules: runSchedulesOf(dag),
    quotas: { store: state.quotas, windowOf, credentialOf: () => 'credential' },
    workshops: { inline, process: options.process ?? inline },
    storageRoot,
    projectRoot: storageRoot,
    emit: (event) => {
      events.push(event);
      for (const look of lookers) look();
    },
    awaitCancel: () => Promise.resolve(false),
    originOf: () => origin,
    secretsOf: (component) => Object.fromEntries(component.secrets.map((name) => [name, secrets[name] ?? ''])),
    ...options.ports,
  };
  const summary = runDag(requestOf(dag, options), ports);
  return { events, summary, event: (type, isMeant) => eventOf({ events, lookers, summary }, type, isMeant) };
}

function requestOf(dag: Dag, options: RigRunOptions) {
  const selected = select(dag, options);
  if (!selected.ok) throw new Error('the selection is not valid');
  const definition = describeDag(dag);
  return {
    dag,
    dagVersion: JSON.stringify(definition),
    definition,
    environment: 'sandbox',
    trigger: 'manual',
    forced: options.forced ?? false,
    selection: {},
    selected: selected.components,
    noWait: options.noWait ?? false,
    settings: { ...runSettings, concurrency: dag.concurrency ?? runSettings.concurrency, ...options.settings },
    signal: options.signal ?? new AbortController().signal,
    ...(options.hurry ? { hurry: options.hurry } : {}),
    ...options.request,
  } as const;
}

interface Watched {
  readonly events: readonly RunEvent[];
  readonly lookers: Set<() => void>;
  readonly summary: Promise<RunSummary>;
}

function eventOf<Type extends RunEvent['type']>(
  { events, lookers, summary }: Watched,
  type: Type,
  isMeant: (event: Extract<RunEvent, { type: Type }>) => boolean = () => true,
): Promise<Extract<RunEvent, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = events.find(
        (event): event is Extract<RunEvent, { type: Type }> =>
          event.type === type && isMeant(event as Extract<RunEvent, { type: Type }>),
      );
      if (!found) return;
      lookers.delete(look);
      resolve(found);
    };
    lookers.add(look);
    look();
    const refuse = () => reject(new Error(`the run ended without the expected ${type}`));
    summary.then(refuse, refuse);
  });
}
