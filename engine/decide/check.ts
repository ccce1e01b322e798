import type { DecisionCheck, Verdict } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import type { DecisionFacts } from './facts.ts';

/** The answer of one check: go on, with something to tell or in plain words, stop here with a verdict, or ask the sources first. */
export type CheckAnswer =
  | { readonly next: 'plain'; readonly said: DecisionCheck }
  | { readonly next: 'go_on'; readonly because: string; readonly inputs?: Readonly<Record<string, Json>> }
  | {
      readonly next: 'stop';
      readonly verdict: Verdict;
      readonly reason: string;
      readonly because: string;
      readonly inputs?: Readonly<Record<string, Json>>;
    }
  | { readonly next: 'probe' };

export type Check = (facts: DecisionFacts) => CheckAnswer;

export function plain(said: DecisionCheck): CheckAnswer {
  return { next: 'plain', said };
}
