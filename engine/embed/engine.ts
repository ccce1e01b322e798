import type { Config } from '../../config/load.ts';
import type { SettingsLayer } from '../../config/schema.ts';
import type { State } from '../../state/open-state.ts';
import type { Backfill } from '../model/backfill.ts';
import type { Dag } from '../model/component.ts';
import type { RunEvent } from '../model/event.ts';
import type { ForeseenRun } from '../model/foreseen.ts';
import type { JsonObject } from '../model/json.ts';
import type { Trigger } from '../model/status.ts';
import type { RunSummary } from '../model/summary.ts';
import type { DagTick, SlotRun } from '../model/tick.ts';
import type { Selection } from '../plan/select.ts';
import type { BackfillOptions, PlannedBackfill } from './backfill/options.ts';
import type { Tick, TickOptions } from './tick/options.ts';

export interface EngineOptions {
  /** Never guessed: data of one environment must not end up in another. */
  readonly environment: string;
  /** Folder of the project, with `dags/` in it; default the nearest one upwards that holds a package.json. */
  readonly directory?: string;
  /** Default `.signalbox` in the project. */
  readonly home?: string;
  /** PostgreSQL 15 or newer; default the embedded server in the home. */
  readonly databaseUrl?: string;
  /** Wins over the settings of files and variables. */
  readonly settings?: SettingsLayer;
}

export interface RunOptions extends Selection {
  readonly trigger?: Trigger;
  /** Run what is unchanged, too. Never overrides quotas, locks or `enabled: false`. */
  readonly force?: boolean;
  /** Run what is `enabled: false`, too. */
  readonly includeDisabled?: boolean;
  /** Give up at once, with status `cancelled` and reason `busy`, when another run holds a component. */
  readonly noWait?: boolean;
  /** Ends the run: abort it with `interrupted` or `cancelled` as the reason. */
  readonly signal?: AbortSignal;
  /** Once it aborts too, what is being stopped is given no more time. */
  readonly hurry?: AbortSignal;
  /** The first failure ends the run: `failurePolicy: 'abort'`, whatever the DAG and the environment say. */
  readonly failFast?: boolean;
  /** Sandbox only: a folder of real files to serve. */
  readonly sandboxData?: string;
}

export interface RetryOptions
  extends Pick<RunOptions, 'components' | 'downstream' | 'noWait' | 'signal' | 'hurry' | 'failFast' | 'sandboxData'> {
  /** Only what failed or timed out itself, and what that has held up. */
  readonly failedOnly?: boolean;
}

export interface PlanOptions extends RunOptions {
  /** As a tick would decide: only what is due. Default false: every selected component is asked now. */
  readonly due?: boolean;
}

/** A DAG as the engine runs it: in its environment, with the file that children import, if there is one. */
export interface ReadyDag {
  readonly dag: Dag;
  readonly version: string;
  readonly definition: JsonObject;
  readonly bundle?: string;
}

/** The engine in someone's own process. Everything it opens is closed by `close()`. */
export interface Engine {
  readonly config: Config;
  /** `dag` is an id of the DAG folder, the path of a DAG file, or a Dag whose components are all `inline`. */
  run(dag: string | Dag, options?: RunOptions): Promise<RunSummary>;
  /**
   * Makes a run for what is open of one that has ended: by default all that is neither success nor unchanged, also what never
   * began. It answers for the same slot. Undefined when nothing is open.
   */
  retry(run: string, options?: RetryOptions): Promise<RunSummary | undefined>;
  /** What `run` would decide now, and why. Asks sources that can be asked before the run, and changes nothing. */
  plan(dag: string | Dag, options?: PlanOptions): Promise<ForeseenRun>;
  /** For every DAG of the project: a row for each slot since the last tick, and the runs of those that are open. */
  tick(options?: TickOptions): Promise<Tick>;
  /** The same for one DAG. Where no slot is open and yet something is due, one run that answers for now. */
  runDue(dag: string | Dag, options?: TickOptions): Promise<DagTick>;
  /** Records one run for each slot of a span of the past, to be made by `workBackfill` or by ticks. */
  createBackfill(dag: string | Dag, options: BackfillOptions): Promise<PlannedBackfill>;
  /** What `createBackfill` would record. */
  planBackfill(dag: string | Dag, options: BackfillOptions): Promise<PlannedBackfill>;
  /** Makes the runs of a backfill until no slot of it waits. */
  workBackfill(backfill: Backfill, options?: TickOptions): Promise<readonly SlotRun[]>;
  /** Hears every event, after it is recorded. Returns the function that stops it. */
  on(listener: (event: RunEvent) => void): () => void;
  /**
   * Hears a sentence when the database is away and work waits for it, again every 30 s for each cause, and one when it is
   * back. Returns the function that stops it.
   */
  onTrouble(listener: (sentence: string) => void): () => void;
  /** The state store, opened on first use: history, datasets, maintenance. */
  state(): Promise<State>;
  close(): Promise<void>;
}
