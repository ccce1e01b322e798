import type { Dag } from '../../model/component.ts';
import { type ComponentRunStatus, isSatisfying } from '../../model/status.ts';
import { select } from '../../plan/select.ts';

/** How a component ended in the run that is tried again. */
export interface PastEnd {
  readonly component: string;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
}

/** Nobody wanted them in that run, so nobody wants them again. */
const unwanted: ReadonlySet<string | null> = new Set(['not_due', 'not_selected', 'disabled']);

/**
 * What a retry asks: all that was wanted and is neither success nor unchanged, also what never started. What its rule had
 * left out is asked where it needs something of that. With `failedOnly`: what failed itself, and what that has held up.
 */
export function openEnds(dag: Dag, ends: readonly PastEnd[], failedOnly: boolean): readonly string[] {
  const known = new Set(dag.components.map(({ id }) => id));
  const open = ends.filter(
    ({ component, status, reason }) => known.has(component) && !isSatisfying(status) && !unwanted.has(reason),
  );
  const begins = ({ status, reason }: PastEnd) =>
    failedOnly ? status === 'failed' || status === 'timed_out' : reason !== 'condition';
  const first = open.filter(begins).map(({ component }) => component);
  const reached = withDownstreams(dag, first);
  return open.map(({ component }) => component).filter((component) => reached.has(component));
}

function withDownstreams(dag: Dag, components: readonly string[]): ReadonlySet<string> {
  if (components.length === 0) return new Set();
  const selected = select(dag, { components, downstream: true });
  return selected.ok ? selected.components : new Set();
}
