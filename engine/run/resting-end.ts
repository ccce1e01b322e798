import type { Decision, Verdict } from '../model/decision.ts';
import type { EndStatus } from '../model/status.ts';
import type { Published } from '../model/summary.ts';
import { unreachable } from '../model/unreachable.ts';
import { isResting, type SeenEnd } from './upstreams.ts';

/**
 * How a component ends that no attempt is made for. It speaks to its downstreams through its last success, if it had one,
 * where that still holds. Runs, what is foreseen of them and simulations all go by it.
 */
export function restingEnd(component: string, { verdict, reason }: Decision, last: Published | undefined): SeenEnd {
  const status = statusOf(verdict);
  const published = spokenFor({ status, reason }, last);
  return { component, status, reason, ...(published ? { published } : {}) };
}

/** What downstreams read of a component that ended so without an attempt. */
export function spokenFor(
  { status, reason }: Pick<SeenEnd, 'status' | 'reason'>,
  last: Published | undefined,
): Published | undefined {
  const speaks = last && (status === 'unchanged' || isResting({ status, reason }));
  return speaks ? publishedOf(last) : undefined;
}

function statusOf(verdict: Verdict): EndStatus {
  switch (verdict) {
    case 'unchanged':
      return 'unchanged';
    case 'skip':
      return 'skipped';
    case 'defer':
      return 'deferred';
    case 'blocked':
      return 'upstream_failed';
    case 'run':
      throw new Error('Internal error: what is to run does not end without an attempt');
    default:
      return unreachable(verdict);
  }
}

function publishedOf({ output, outputDigest, madeFor }: Published): Published {
  return { output, outputDigest, ...(madeFor && { madeFor }) };
}
