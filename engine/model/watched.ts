import type { TrustBySource } from './trust.ts';

/** What is on record of a component that declares sources. */
export interface WatchedComponent {
  readonly dag: string;
  readonly component: string;
  /** `unchanged` ends, each of which rests on a probe. */
  readonly skips: number;
  readonly sources: readonly WatchedSource[];
  readonly trust: TrustBySource;
  /** Of its newest successes; null where none is left to be read. */
  readonly typical: {
    readonly successes: number;
    readonly wallMs: number;
    readonly calls: number;
    readonly bytes: number;
  } | null;
}

export interface WatchedSource {
  readonly source: string;
  /** Of its content, as of the last time that it was read. */
  readonly bytes: number;
}
