import type { Dag } from './component.ts';
import type { Verdict } from './decision.ts';
import type { LastSuccess } from './ports.ts';

/** What a simulation is made from. All of it is known beforehand: the same input gives the same future. */
export interface SimulationInput {
  readonly dag: Dag;
  readonly environment: string;
  /** Slots after this, up to and including `to`. */
  readonly from: Date;
  readonly to: Date;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Of a component that names no timeout. */
  readonly componentTimeoutMs: number;
  /** What is known of the past. */
  readonly past: ReadonlyMap<string, ComponentPast>;
  readonly lastSuccesses: ReadonlyMap<string, LastSuccess>;
}

export interface ComponentPast {
  readonly wallMs: number;
  readonly calls: number;
  /** Of the times its source was asked: how often it had changed. */
  readonly changedShare: number;
}

export interface SimulatedComponent {
  readonly component: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Of the attempt; both are the moment of the decision where there is none. */
  readonly start: Date;
  readonly end: Date;
  /** Between its turn and a free place. */
  readonly waitedMs: number;
  readonly timedOut: boolean;
}

export interface SimulatedRun {
  readonly slot: Date;
  readonly end: Date;
  /** Components at work at the same time, at most. */
  readonly peak: number;
  readonly timedOut: boolean;
  readonly components: readonly SimulatedComponent[];
}

export const findingKinds = ['component_timeout', 'run_timeout', 'overlap', 'quota_exhausted', 'clock_change'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Something that will go wrong, or be other than usual, as often as it does. */
export interface Finding {
  readonly kind: FindingKind;
  /** A component, a quota or a schedule. */
  readonly subject: string;
  readonly message: string;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

export interface ComponentTotal {
  readonly component: string;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly workMs: number;
  readonly calls: number;
  readonly longestWaitMs: number;
  /** Where its duration comes from. */
  readonly duration: 'learned' | 'timeout';
}

export interface Simulation {
  readonly dag: string;
  readonly environment: string;
  readonly from: Date;
  readonly to: Date;
  readonly runs: readonly SimulatedRun[];
  readonly components: readonly ComponentTotal[];
  readonly findings: readonly Finding[];
}
