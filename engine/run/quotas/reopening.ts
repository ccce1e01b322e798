import type { QuotaAnswer } from '../../decide/facts.ts';
import type { Component } from '../../model/component.ts';
import type { Decision } from '../../model/decision.ts';
import type { RunState } from '../run-state.ts';

/** How long a deferred slot may wait for a run once its quota has resumed: past that it is stale, and recorded as missed. */
const patienceMs = 7 * 86_400_000;

/** Notes that the slot of the component is open again, where the decision defers it or hands the wait of an upstream on. */
export function reopenAfter(
  component: Component,
  { verdict, reason }: Decision,
  quota: QuotaAnswer | undefined,
  state: RunState,
): void {
  if (verdict === 'defer' && quota?.resumesAt) reopenAt(component, quota.resumesAt, state);
  if (reason === 'upstream_deferred') reopenWithUpstreams(component, state);
}

export function reopenAt(component: Component, notBefore: Date, state: RunState): void {
  state.reopenings.set(component.id, { notBefore, deadline: new Date(notBefore.getTime() + patienceMs) });
}

/** With the last one, where there are several. */
function reopenWithUpstreams({ id, dependsOn }: Component, { reopenings }: RunState): void {
  const [last] = dependsOn
    .flatMap(({ component }) => reopenings.get(component) ?? [])
    .toSorted((left, right) => right.notBefore.getTime() - left.notBefore.getTime());
  if (last) reopenings.set(id, last);
}
