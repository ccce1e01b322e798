import type { LoadError } from '../../load/load-error.ts';
import type { DagTick } from '../../model/tick.ts';

/** What a tick is told besides the environment. */
export interface TickOptions {
  /** Ends it: runs that go on are stopped, no other is begun. Abort it with `interrupted` or `cancelled`. */
  readonly signal?: AbortSignal;
  /** Once it aborts too, what is being stopped is given no more time. */
  readonly hurry?: AbortSignal;
  /** Sandbox only: a folder of real files to serve. */
  readonly sandboxData?: string;
}

/** What one tick of an environment did. */
export interface Tick {
  readonly environment: string;
  readonly dags: readonly DagTick[];
  /** DAG files that do not load; they stop no other. */
  readonly broken: readonly LoadError[];
}
