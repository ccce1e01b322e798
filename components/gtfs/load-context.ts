import type { Progress, QuarantinedRecord, Sql, Warning } from 'signalbox';
import type { ArchiveLimits } from './archive-limits.ts';

/** How a feed is to be read. */
export interface LoadOptions {
  /** A table of which a greater share of the records cannot be loaded fails the component. 0.01 is one in a hundred. */
  readonly maxQuarantinedShare: number;
  /** The `folder` of a feed that lies at the top of its zip. */
  readonly feedName: string;
  readonly limits: ArchiveLimits;
}

/** What loading a feed needs of the world: a part of what every component sees. */
export interface LoadContext {
  readonly scratch: string;
  readonly sql: Pick<Sql, 'rows' | 'stage'>;
  readonly signal: AbortSignal;
  readonly options: LoadOptions;
  readonly quarantine: (record: QuarantinedRecord) => Promise<void>;
  readonly warn: (warning: Warning) => void;
  readonly progress: (progress: Progress) => void;
}
