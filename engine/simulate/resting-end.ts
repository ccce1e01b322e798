import type { Decision, Verdict } from '../model/decision.ts';
import type { LastSuccess } from '../model/ports.ts';
import type { EndStatus } from '../model/status.ts';
import { isResting, type SeenEnd } from '../run/upstreams.ts';

const statusOf: Readonly<Record<Exclude<Verdict, 'run'>, EndStatus>> = {
  unchanged: 'unchanged',
  skip: 'skipped',
  defer: 'deferred',
  blocked: 'upstream_failed',
};

/** What downstreams see of a component that did not run. */
export function restingEnd(component: string, { verdict, reason }: Decision, last: LastSuccess | undefined): SeenEnd {
  const status = statusOf[verdict as Exclude<Verdict, 'run'>];
  const speaks = last && (status === 'unchanged' || isResting({ status, reason }));
  return { component, status, reason, ...(speaks ? { published: last } : {}) };
}
