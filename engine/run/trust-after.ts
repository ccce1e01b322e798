import { nextTrust } from '../decide/trust.ts';
import type { Component } from '../model/component.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { TrustBySource } from '../model/trust.ts';
import type { RunState } from './run-state.ts';

/** The trust in the sources of a component after what they have just shown. */
export function trustAfter(
  { id }: Component,
  now: readonly SourceEvidence[],
  at: Date,
  { lastSuccesses }: RunState,
): TrustBySource {
  if (now.length === 0) return {};
  const last = lastSuccesses.get(id);
  return nextTrust({ trust: last?.trust ?? {}, before: last?.evidence ?? [], now, at });
}
