import { loadConfig } from '../../config/load.ts';
import type { SettingsLayer } from '../../config/schema.ts';
import { openState, type State } from '../../state/open-state.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { RunEvent } from '../model/event.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { type HeldOwner, holdOwner } from './owner.ts';
import { readyDag } from './ready-dag.ts';
import { planOnce, runOnce } from './run-once.ts';

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

/** Opens the engine inside this process. It prints nothing, ends nothing, and installs no signal handler. */
export function createEngine(options: EngineOptions): Engine {
  requireEnvironment(options);
  const { settings, ...request } = options;
  const config = loadConfig({ ...request, ...(settings ? { overrides: settings } : {}) });
  const listeners = new Set<(event: RunEvent) => void>();
  const emit = (event: RunEvent) => {
    for (const listener of listeners) tell(listener, event);
  };
  let state: Promise<State> | undefined;
  let owner: Promise<HeldOwner> | undefined;
  const openedState = () => {
    const { home, databaseUrl } = config;
    // What could not be opened is tried anew by the next run.
    state ??= openState({ home, ...(databaseUrl ? { databaseUrl } : {}) }).catch((error: unknown) => {
      state = undefined;
      throw error;
    });
    return state;
  };
  const heldOwner = async () => {
    const { owners } = await openedState();
    owner ??= holdOwner(owners, systemClock).catch((error: unknown) => {
      owner = undefined;
      throw error;
    });
    return (await owner).owner;
  };
  const lent = { config, clock: systemClock, state: openedState, owner: heldOwner, emit };
  return {
    config,
    state: openedState,
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    run: async (dag, runOptions = {}) => runOnce(await readyDag(dag, config), runOptions, lent),
    plan: async (dag, runOptions = {}) => planOnce(await readyDag(dag, config), runOptions, lent),
    close: async () => {
      const both = Promise.all([owner?.catch(() => undefined), state?.catch(() => undefined)]);
      owner = undefined;
      state = undefined;
      const [held, opened] = await both;
      try {
        await held?.retire();
      } finally {
        await opened?.close();
      }
    },
  };
}

/** The run goes on when a listener throws; what it threw is thrown where Node throws what event listeners do. */
function tell(listener: (event: RunEvent) => void, event: RunEvent): void {
  try {
    listener(event);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

function requireEnvironment({ environment }: EngineOptions): void {
  if (typeof environment === 'string' && environment !== '') return;
  const hint = "Pass `environment: 'sandbox'`, 'dev' or 'prd'.";
  throw new EngineError('expected an environment, got none, and none is guessed', { hint, exitCode: 78 });
}
