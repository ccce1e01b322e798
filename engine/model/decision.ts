import type { Json } from './json.ts';

export const verdicts = ['run', 'unchanged', 'skip', 'defer', 'blocked'] as const;
export type Verdict = (typeof verdicts)[number];

export const skipReasons = [
  'not_due',
  'disabled',
  'condition',
  'not_selected',
  'upstream_deferred',
  'run_timed_out',
  'after_failure',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** The checks, in the order in which they are asked; the first one that does not pass decides. */
export const checkNames = [
  'run_open',
  'enabled',
  'selected',
  'due',
  'upstreams',
  'quota',
  'forced',
  'first_run',
  'declared_input',
  'output_present',
  'definition',
  'upstream_outputs',
  'source',
] as const;
export type CheckName = (typeof checkNames)[number];

/** One question that was asked, what it was asked about, and whether the answer ended the asking. */
export interface DecisionCheck {
  readonly check: CheckName;
  readonly result: 'passed' | 'decided';
  /** One sentence for people, old → new where something moved. */
  readonly because: string;
  readonly inputs: Readonly<Record<string, Json>>;
}

/** A verdict with its evidence, stored for every component of every run. */
export interface Decision {
  readonly verdict: Verdict;
  /** The word that `explain`, the summary and the tests go by: `source_changed`, `not_selected`, `output_missing`, … */
  readonly reason: string;
  readonly checks: readonly DecisionCheck[];
}
