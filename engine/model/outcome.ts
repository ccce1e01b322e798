import type { QuarantinedRecord, StagedDataset } from './dataset.ts';
import type { SourceEvidence } from './evidence.ts';
import type { Failure } from './failure.ts';
import type { Json } from './json.ts';

/** What was measured while an attempt ran. */
export interface AttemptMetrics {
  readonly wallMs: number;
  readonly cpuMs?: number;
  readonly peakRssBytes?: number;
  readonly calls?: number;
  readonly bytesIn?: number;
}

/** A thing worth telling that is no failure: `13 short rows filled with null (lines 4, 9, …)`. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly count?: number;
}

export interface QuarantineSummary {
  readonly records: number;
  /** The first few, to show, each cut short where it is long; all of them are in the quarantine file, whole. */
  readonly first: readonly QuarantinedRecord[];
  /** Relative to the storage root, as recorded; an attempt itself names the file alone. */
  readonly file?: string;
}

export interface AttemptSuccess {
  readonly status: 'success';
  /** The returned value, already valid by the component's schema. */
  readonly output: Json;
  readonly datasets: readonly StagedDataset[];
  readonly evidence: readonly SourceEvidence[];
  readonly warnings: readonly Warning[];
  readonly quarantine: QuarantineSummary;
  readonly metrics: AttemptMetrics;
}

export interface AttemptFailure {
  readonly status: 'failed' | 'timed_out' | 'cancelled' | 'interrupted' | 'lost';
  readonly failure: Failure;
  readonly metrics: AttemptMetrics;
  /** A process that could not be proven dead; the place it holds stays taken. */
  readonly survivorPid?: number;
  /** It ran out of calls, which it will have again from then on: the component is deferred. */
  readonly resumesAt?: Date;
}

/** How an attempt ended: a value, never a throw. */
export type Outcome = AttemptSuccess | AttemptFailure;
