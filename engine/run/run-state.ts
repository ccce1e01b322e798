import type { Component } from '../model/component.ts';
import type { RunInfo } from '../model/context.ts';
import type { Decision } from '../model/decision.ts';
import type { LastSuccess, Reopening } from '../model/ports.ts';
import type { ComponentEnd, Published } from '../model/summary.ts';
import type { Plan } from '../plan/plan.ts';
import type { Places } from './places.ts';
import type { RunPorts, RunRequest } from './ports.ts';
import type { Tries } from './retry.ts';

/** Attempts of one component that were made before the run was adopted. */
export interface Begun {
  readonly attempts: number;
  readonly tries: Tries;
  readonly decision: Decision;
}

/** One run while it goes on: what was asked, what the world is, and what is known so far. */
export interface RunState {
  readonly info: RunInfo;
  readonly request: RunRequest;
  readonly ports: RunPorts;
  readonly places: Places;
  /** See `Stops`. */
  readonly closed: AbortSignal;
  readonly stop: AbortSignal;
  readonly onFailure: () => void;
  readonly plan: Plan;
  readonly components: ReadonlyMap<string, Component>;
  readonly componentRunIds: ReadonlyMap<string, string>;
  readonly fences: Map<string, number>;
  readonly lastSuccesses: Map<string, LastSuccess>;
  /** In a backfill: what upstreams have made in other runs for its slot. */
  readonly slotOutputs: Map<string, Published>;
  /** Dataset → the component that is about to publish it. */
  readonly publishing: Map<string, string>;
  /** When each component's turn came, by the monotonic clock. */
  readonly begunMs: Map<string, number>;
  readonly ends: Map<string, ComponentEnd>;
  /** Of components that were deferred, and of those that wait for them. */
  readonly reopenings: Map<string, Reopening>;
  /** In an adopted run: what has begun under the engine that died, and has not ended. */
  readonly begun: ReadonlyMap<string, Begun>;
  /** Longest remaining path first. */
  readonly priorities: ReadonlyMap<string, number>;
}

export function componentRunIdOf(state: RunState, component: Component): string {
  const id = state.componentRunIds.get(component.id);
  if (id === undefined) throw new Error(`Internal error: ${component.id} has no row in run ${state.info.id}`);
  return id;
}
