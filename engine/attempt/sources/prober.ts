import type { SourceEvidence } from '../../model/evidence.ts';
import type { HttpClient } from '../../model/http.ts';
import type { Problem } from '../../model/problem.ts';
import type { LandedSource, Reading, Source } from '../../model/source.ts';
import type { NetworkRule } from '../../model/task.ts';

/** What a source is asked with that answers at once. */
export interface Glancing {
  /** Where relative paths begin. */
  readonly project: string;
  /** What the last success saw; absent when there is none. */
  readonly previous?: SourceEvidence;
  readonly reading: Reading;
}

/** What a source is asked with. */
export interface Asking extends Glancing {
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly network: NetworkRule;
  readonly secrets: Readonly<Record<string, string>>;
  /** Of the component: bodies by their sha256. */
  readonly landing: string;
}

/** One kind of source: what an author may write of it, and how it is asked. */
export interface Prober<Asked extends Source> {
  /** All options of the kind. */
  readonly options: readonly (keyof Asked)[];
  /** Whether it keeps files under `landing/`. */
  readonly lands: boolean;
  /** What is wrong with a declaration of this kind; types do not hold where it was written. */
  problemsOf(written: Readonly<Record<string, unknown>>, path: string): readonly Problem[];
  /** The same answer without a wait, where that takes microseconds; undefined where it would not. */
  glance?(source: Asked, asking: Glancing): LandedSource | undefined;
  ask(source: Asked, asking: Asking): Promise<LandedSource>;
  /** What the probe of this very run has brought, as the attempt reads it. Default: its bodies under `landing/`. */
  reopen?(source: Asked, probed: SourceEvidence, asking: Asking): Promise<LandedSource>;
}
