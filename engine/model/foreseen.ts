import type { Decision } from './decision.ts';

/** One way in which a component may be decided, and what must happen for it. */
export interface Branch {
  /** Sentences that complete "if …", each enough by itself: `schedule publishes something new`. */
  readonly when: readonly string[];
  readonly decision: Decision;
}

/**
 * What a run would decide about a component, as far as that can be told before it. `depends`: an upstream would run, and what
 * comes of that decides. The run's decision is one of the branches, by verdict and reason, unless the run is stopped.
 */
export type Foreseen =
  | { readonly kind: 'certain'; readonly decision: Decision }
  | { readonly kind: 'depends'; readonly branches: readonly Branch[] };

/** Every decision that is named, in the order in which it is. */
export function namedDecisions(foreseen: Foreseen): readonly Decision[] {
  return foreseen.kind === 'certain' ? [foreseen.decision] : foreseen.branches.map(({ decision }) => decision);
}

export function mayRun(foreseen: Foreseen): boolean {
  return namedDecisions(foreseen).some(({ verdict }) => verdict === 'run');
}

/** What a component took before. */
export interface ComponentCost {
  /** Median over its last successes, at most 20. */
  readonly wallMs: number;
  /** Of its newest success; null where that did not say. */
  readonly calls: number | null;
}

/** What a run would decide now, in the order of the DAG. */
export interface ForeseenRun {
  readonly environment: string;
  readonly dag: string;
  readonly forced: boolean;
  /** Only where it was asked what is due: no tick makes a run of the DAG. */
  readonly paused?: { readonly at: Date; readonly by: string };
  /** In the sandbox: source → where its data come from. */
  readonly sandbox?: Readonly<Record<string, 'files' | 'generated'>>;
  readonly components: readonly (Foreseen & { readonly component: string; readonly cost?: ComponentCost })[];
}
