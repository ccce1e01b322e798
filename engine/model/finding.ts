import type { JsonObject } from './json.ts';

/** What is worth knowing about what runs have left, as data. A kind says what it is about and how `evidence` is to be read. */
export interface Finding {
  readonly kind: string;
  readonly subject: { readonly dag: string; readonly component: string; readonly source?: string };
  /** One sentence for people. */
  readonly says: string;
  readonly evidence: JsonObject;
  /** What it has spared, or would spare, so far as that can be told. */
  readonly gain?: Gain;
}

export interface Gain {
  readonly bytes: number;
  readonly calls?: number;
  readonly minutes?: number;
  /** Successes whose median stands for one that did not take place. */
  readonly estimatedFrom: number;
}
