import type { Config } from '../../config/load.ts';
import { newId } from '../../state/new-id.ts';
import type { State } from '../../state/open-state.ts';
import type { Dag } from '../model/component.ts';
import type { Emit } from '../model/event.ts';
import type { ForeseenRun } from '../model/foreseen.ts';
import type { JsonObject } from '../model/json.ts';
import type { Clock, Owner, Scope } from '../model/ports.ts';
import type { RunSummary } from '../model/summary.ts';
import type { RunPorts, RunRequest, RunSchedules, RunSettings } from '../run/ports.ts';
import { runDag } from '../run/run-dag.ts';
import type { Sandbox } from '../sandbox/launch.ts';
import { cancelsOf } from './cancels.ts';
import type { PlanOptions, ReadyDag, RunOptions } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { openSandbox } from './open-sandbox.ts';
import { liveOrigins, sandboxOrigins } from './origins.ts';
import { runQuotas } from './quotas.ts';
import { runSettingsOf } from './run-settings.ts';
import { schedulesOf } from './schedules.ts';
import { missingSecrets, readOnce, type SecretReader, sandboxSecrets, secretsOf } from './secrets.ts';
import { selectedOf } from './selected.ts';
import { slotSettingsOf } from './tick/slot-settings.ts';
import { openWorkshops, type Workshops } from './workshops.ts';

/** What an engine lends to each of its runs. */
export interface Lent {
  readonly config: Config;
  readonly clock: Clock;
  readonly state: () => Promise<State>;
  readonly owner: () => Promise<Owner>;
  /** What `owner` is registered under, known before there is a database. */
  readonly ownerId: () => string;
  readonly emit: Emit;
}

/** For what a run answers, where it is more than one by hand: see `RunRequest`. */
export type SlotTerms = Partial<
  Pick<
    RunRequest,
    'slot' | 'asOf' | 'answersSlots' | 'takes' | 'advances' | 'backfill' | 'backfilled' | 'retryOf' | 'adopts'
  >
>;

/** A run that is put together and not begun. */
interface Prepared {
  readonly request: RunRequest;
  readonly ports: RunPorts;
  readonly sandbox: Sandbox | undefined;
}

/** `before` is done first, while processes come up that the run will need. */
export function runOnce(
  ready: ReadyDag,
  options: RunOptions & SlotTerms,
  lent: Lent,
  before?: () => Promise<unknown>,
): Promise<RunSummary> {
  return prepared(ready, options, lent, runPrepared, before);
}

async function runPrepared({ request, ports, sandbox }: Prepared): Promise<RunSummary> {
  const summary = await runDag(request, ports);
  return sandbox ? { ...summary, sandbox: sandbox.modes } : summary;
}

/** What that run would decide now. Spends probes, and changes nothing. */
export function planOnce(ready: ReadyDag, { due = false, ...options }: PlanOptions, lent: Lent): Promise<ForeseenRun> {
  return prepared(ready, { ...options, answersSlots: due }, lent, async ({ request, ports, sandbox }) => {
    const { foreseeDag } = await import('../run/foresee/foresee-dag.ts');
    const state = await lent.state();
    const scope = { environment: request.environment, dag: request.dag.id };
    const plan = await foreseeDag(request, ports, await state.history.costs(scope));
    const paused = due ? await pausedOf(scope, state) : undefined;
    return { ...plan, ...(paused && { paused }), ...(sandbox && { sandbox: sandbox.modes }) };
  });
}

/** What is due is run by nobody then. */
async function pausedOf({ environment, dag }: Scope, { slots }: State): Promise<ForeseenRun['paused']> {
  return (await slots.schedules(environment)).find((schedule) => schedule.dag === dag)?.paused;
}

/** Checks what can be checked before any call, opens what is needed, lends it, closes it. */
async function prepared<Result>(
  asLoaded: ReadyDag,
  options: RunOptions & SlotTerms,
  lent: Lent,
  use: (run: Prepared) => Promise<Result>,
  before?: () => Promise<unknown>,
): Promise<Result> {
  const { config, clock } = lent;
  const { ready, selected, readSecret, isSandbox } = checkRun(asLoaded, options, config);
  const workshops = openWorkshops(ready, lent.ownerId(), config, clock);
  const opening = isSandbox ? openSandbox(ready, selected, config, clock, options.sandboxData) : undefined;
  try {
    const [sandbox, state, owner, schedules] = await Promise.all([
      opening,
      lent.state(),
      lent.owner(),
      calendarOf(ready.dag, options, lent),
      before?.(),
    ]);
    const ports = portsOf({ lent, state, owner, schedules, workshops, sandbox, readSecret });
    return await use({ request: requestOf(ready, options, selected, config, clock.now()), ports, sandbox });
  } finally {
    // Also when the state could not be opened: the origin may have started meanwhile.
    const sandbox = await opening?.catch(() => undefined);
    await Promise.all([sandbox?.close(), workshops.process.close()]);
  }
}

/** Only a run that answers for slots asks what the policy has given up. */
async function calendarOf(dag: Dag, { answersSlots, asOf, slot }: SlotTerms, lent: Lent): Promise<RunSchedules> {
  const { config, clock, state } = lent;
  if (!answersSlots || slotSettingsOf(dag, config.settings).catchup !== 'none') return schedulesOf(dag);
  const { givenUpSlots } = await import('./given-up.ts');
  const scope = { environment: config.environment, dag: dag.id };
  return schedulesOf(dag, await givenUpSlots(dag, asOf ?? slot ?? clock.now(), scope, (await state()).slots));
}

/** What can be said of a run before anything is opened. Throws an EngineError for a selection or a secret that is not there. */
function checkRun(asLoaded: ReadyDag, options: RunOptions, config: Config) {
  const ready = options.includeDisabled ? allEnabled(asLoaded) : asLoaded;
  const selected = selectedOf(ready, options);
  const isSandbox = config.environment === 'sandbox';
  const readSecret = readOnce(isSandbox ? sandboxSecrets(ready.dag) : config.secret);
  requireSecrets(ready, selected, readSecret, isSandbox);
  return { ready, selected, readSecret, isSandbox };
}

function allEnabled(ready: ReadyDag): ReadyDag {
  const components = ready.dag.components.map((component) => ({ ...component, enabled: true }));
  return { ...ready, dag: { ...ready.dag, components } };
}

function requireSecrets(
  { dag }: ReadyDag,
  selected: ReadonlySet<string>,
  read: SecretReader,
  isSandbox: boolean,
): void {
  const concerned = dag.components.filter(({ id, enabled }) => enabled && selected.has(id));
  const missing = missingSecrets(concerned, read);
  if (missing.length === 0) return;
  const list = missing.map(({ component, secret }) => `${secret} (for ${component})`).join(', ');
  const hint = isSandbox
    ? 'The sandbox reads no real keys: give them in `secrets` of the component’s `sandbox`, or choose --env dev.'
    : 'Set them in the environment or in .env, see env.template; or choose --env sandbox.';
  throw new EngineError(`expected a value for every declared secret, got none for ${list}`, { hint, exitCode: 78 });
}

interface PortParts {
  readonly lent: Lent;
  readonly state: State;
  readonly owner: Owner;
  readonly schedules: RunSchedules;
  readonly workshops: Workshops;
  readonly sandbox: Sandbox | undefined;
  readonly readSecret: SecretReader;
}

function portsOf({ lent, state, owner, schedules, workshops, sandbox, readSecret }: PortParts): RunPorts {
  const { config, clock, emit } = lent;
  const isSandbox = config.environment === 'sandbox';
  return {
    clock,
    newId,
    random: Math.random,
    owner,
    runs: state.runs,
    adoption: state.adoption,
    memory: state.memory,
    schedules,
    quotas: runQuotas(state.quotas, readSecret, isSandbox),
    workshops,
    storageRoot: config.storageRoot,
    projectRoot: config.projectDirectory,
    emit,
    awaitCancel: cancelsOf(state.runKeeper, clock),
    originOf: isSandbox ? sandboxOrigins(sandbox) : liveOrigins(config.settings.allowHosts),
    secretsOf: (component) => secretsOf(component, readSecret),
  };
}

function requestOf(
  { dag, version, definition }: ReadyDag,
  options: RunOptions & SlotTerms,
  selected: ReadonlySet<string>,
  config: Config,
  now: Date,
): RunRequest {
  const { slot, asOf, answersSlots, takes, advances, backfill, backfilled, retryOf, adopts } = options;
  const { components, groups, upstream, downstream, includeDisabled, failFast, sandboxData } = options;
  const asked = { components, groups, upstream, downstream, includeDisabled, failFast, sandboxData };
  const selection = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as JsonObject;
  return {
    dag,
    dagVersion: version,
    definition,
    environment: config.environment,
    trigger: options.trigger ?? 'manual',
    forced: options.force ?? false,
    selection,
    selected,
    noWait: options.noWait ?? false,
    settings: settingsOf(dag, config, options, now),
    signal: options.signal ?? new AbortController().signal,
    ...(options.hurry && { hurry: options.hurry }),
    ...(slot && { slot }),
    ...(asOf && { asOf }),
    ...(answersSlots !== undefined && { answersSlots }),
    ...(takes && { takes }),
    ...(advances !== undefined && { advances }),
    ...(backfill !== undefined && { backfill }),
    ...(backfilled !== undefined && { backfilled }),
    ...(retryOf !== undefined && { retryOf }),
    ...(adopts && { adopts }),
  };
}

/** An adopted run keeps its deadline. */
function settingsOf(
  dag: Dag,
  { settings }: Config,
  { failFast, adopts }: RunOptions & SlotTerms,
  now: Date,
): RunSettings {
  const own = runSettingsOf(dag, settings, failFast);
  return adopts ? { ...own, timeoutMs: adopts.deadline.getTime() - now.getTime() } : own;
}
