import { type Config, loadConfig } from '../../config/load.ts';
import { newId } from '../../state/new-id.ts';
import { openState, type State } from '../../state/open-state.ts';
import type { Dag } from '../model/component.ts';
import type { Emit, RunEvent } from '../model/event.ts';
import type { Clock } from '../model/ports.ts';
import { continueDead } from './continue-dead.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { type HeldOwner, holdOwner } from './owner.ts';
import { readyDag } from './ready-dag.ts';
import { type Lent, planOnce, runOnce } from './run-once.ts';

/** The engine under a clock of its owner's. */
export function openEngine(options: EngineOptions, clock: Clock): Engine {
  const { settings, ...request } = options;
  const config = loadConfig({ ...request, ...(settings ? { overrides: settings } : {}) });
  const listeners = new Set<(event: RunEvent) => void>();
  const worried = new Set<(sentence: string) => void>();
  const emit = (event: RunEvent) => {
    for (const listener of listeners) tell(listener, event);
  };
  const onTrouble = (sentence: string) => {
    for (const listener of worried) tell(listener, sentence);
  };
  const { lent, close } = lend(config, clock, emit, onTrouble);
  const ready = (dag: string | Dag) => readyDag(dag, config);
  return {
    config,
    close,
    state: lent.state,
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onTrouble: (listener) => {
      worried.add(listener);
      return () => void worried.delete(listener);
    },
    run: async (dag, runOptions = {}) => {
      const loaded = await ready(dag);
      return runOnce(loaded, runOptions, lent, () => continueDead(loaded, runOptions, lent));
    },
    retry: async (run, retryOptions = {}) => {
      const { retryRun } = await import('./retry/retry-run.ts');
      return retryRun(run, retryOptions, ready, lent);
    },
    plan: async (dag, runOptions = {}) => planOnce(await ready(dag), runOptions, lent),
    tick: async (tickOptions = {}) => (await import('./tick/tick.ts')).tick(tickOptions, lent),
    runDue: async (dag, tickOptions = {}) => {
      const { runDue } = await import('./tick/run-due.ts');
      return runDue(await ready(dag), tickOptions, lent);
    },
    planBackfill: async (dag, backfillOptions) => {
      const { planBackfill } = await import('./backfill/create-backfill.ts');
      return planBackfill(await ready(dag), backfillOptions, lent);
    },
    createBackfill: async (dag, backfillOptions) => {
      const { createBackfill } = await import('./backfill/create-backfill.ts');
      return createBackfill(await ready(dag), backfillOptions, lent);
    },
    workBackfill: async (backfill, tickOptions = {}) => {
      const { workBackfill } = await import('./backfill/work-backfill.ts');
      return workBackfill(await ready(backfill.dag), backfill, tickOptions, lent);
    },
  };
}

/** The state and the row of this process in it, each opened on first use. */
function lend(
  config: Config,
  clock: Clock,
  emit: Emit,
  onTrouble: (sentence: string) => void,
): { readonly lent: Lent; readonly close: () => Promise<void> } {
  let state: Promise<State> | undefined;
  let owner: Promise<HeldOwner> | undefined;
  let ownerId = newId();
  const openedState = () => {
    const { home, databaseUrl } = config;
    // What could not be opened is tried anew by the next run.
    const leaseMs = config.settings.lease;
    state ??= openState({ home, onTrouble, leaseMs, ...(databaseUrl ? { databaseUrl } : {}) }).catch(
      (error: unknown) => {
        state = undefined;
        throw error;
      },
    );
    return state;
  };
  const heldOwner = async () => {
    const { owners } = await openedState();
    owner ??= holdOwner(owners, ownerId).catch((error: unknown) => {
      owner = undefined;
      throw error;
    });
    return (await owner).owner;
  };
  const close = async () => {
    const both = Promise.all([owner?.catch(() => undefined), state?.catch(() => undefined)]);
    owner = undefined;
    ownerId = newId();
    state = undefined;
    const [held, opened] = await both;
    try {
      await held?.retire();
    } finally {
      await opened?.close();
    }
  };
  return { lent: { config, clock, state: openedState, owner: heldOwner, ownerId: () => ownerId, emit }, close };
}

/** The run goes on when a listener throws; what it threw is thrown where Node throws what event listeners do. */
function tell<Said>(listener: (said: Said) => void, said: Said): void {
  try {
    listener(said);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
