import type { Published } from '../model/summary.ts';
import { isBackfilled } from './ports.ts';
import type { RunState } from './run-state.ts';

/** A backfill is about the past: there the output of the slot comes before the newest one. */
export function publishedBefore(
  component: string,
  { request, lastSuccesses, slotOutputs }: RunState,
): Published | undefined {
  const newest = lastSuccesses.get(component);
  if (!isBackfilled(request)) return newest;
  return slotOutputs.get(component) ?? (newest && { ...newest, madeFor: 'newest' });
}
