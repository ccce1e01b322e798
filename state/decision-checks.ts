import type { DecisionCheck } from '../engine/model/decision.ts';
import { type PlainCheck, plainChecks } from '../engine/model/plain-checks.ts';

/** A check as it lies in `decision.checks`: what has nothing to tell by its name, which spares more than half of the text. */
export type StoredCheck = DecisionCheck | PlainCheck;

const names: ReadonlyMap<DecisionCheck, PlainCheck> = new Map(
  Object.entries(plainChecks).map(([name, check]) => [check, name as PlainCheck]),
);

export function storedChecks(checks: readonly DecisionCheck[]): readonly StoredCheck[] {
  return checks.map((check) => names.get(check) ?? check);
}

export function checksOf(stored: readonly StoredCheck[]): readonly DecisionCheck[] {
  return stored.map((check) => (typeof check === 'string' ? plainChecks[check] : check));
}
