import { loadConfig } from '../../config/load.ts';
import { openState, type State } from '../../state/open-state.ts';
import type { RunEvent } from '../model/event.ts';
import type { Clock } from '../model/ports.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { type HeldOwner, holdOwner } from './owner.ts';
import { readyDag } from './ready-dag.ts';
import { planOnce, runOnce } from './run-once.ts';

/** The engine under a clock of its owner's. */
export function openEngine(options: EngineOptions, clock: Clock): Engine {
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
    owner ??= holdOwner(owners, clock).catch((error: unknown) => {
      owner = undefined;
      throw error;
    });
    return (await owner).owner;
  };
  const lent = { config, clock, state: openedState, owner: heldOwner, emit };
  return {
    config,
    state: openedState,
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    run: async (dag, runOptions = {}) => runOnce(await readyDag(dag, config), runOptions, lent),
    tick: async (tickOptions = {}) => (await import('./tick/tick.ts')).tick(tickOptions, lent),
    runDue: async (dag, tickOptions = {}) => {
      const [ready, { runDue }] = await Promise.all([readyDag(dag, config), import('./tick/run-due.ts')]);
      return runDue(ready, tickOptions, lent);
    },
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
