import { loadConfig } from '../../config/load.ts';
import type { SettingsLayer } from '../../config/schema.ts';
import { openState, type State } from '../../state/open-state.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { RunEvent } from '../model/event.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { type HeldOwner, holdOwner } from './owner.ts';
import { readyDag } from './ready-dag.ts';
import { runOnce } from './run-once.ts';

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
    for (const listener of listeners) listener(event);
  };
  let state: Promise<State> | undefined;
  let owner: Promise<HeldOwner> | undefined;
  const openedState = () => {
    state ??= openState({ home: config.home, ...(config.databaseUrl ? { databaseUrl: config.databaseUrl } : {}) });
    return state;
  };
  const heldOwner = async () => {
    const { owners } = await openedState();
    owner ??= holdOwner(owners, systemClock);
    return (await owner).owner;
  };
  return {
    config,
    state: openedState,
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    run: async (dag, runOptions = {}) => {
      const ready = await readyDag(dag, config);
      return runOnce(ready, runOptions, { config, clock: systemClock, state: openedState, owner: heldOwner, emit });
    },
    close: async () => {
      await (await owner)?.retire();
      await (await state)?.close();
    },
  };
}

function requireEnvironment({ environment }: EngineOptions): void {
  if (typeof environment === 'string' && environment !== '') return;
  const hint = "Pass `environment: 'sandbox'`, 'dev' or 'prd'.";
  throw new EngineError('expected an environment, got none, and none is guessed', { hint, exitCode: 78 });
}
