import type { LastSuccess, Scope } from './ports.ts';

/** Somebody's change by hand of what is remembered of a component. Leaves an audit row. */
export interface MemoryChange extends Scope {
  readonly component: string;
  readonly who: string;
  readonly at: Date;
}

/** `held`: a run is at it just now. `unknown`: there is nothing to change. */
export type MemoryChanged = 'changed' | 'held' | 'unknown';

export interface MemoryKeeper {
  /** Forgets the last success, its evidence and what its source has shown: the next run is as good as the first. Files stay. */
  reset(change: MemoryChange): Promise<MemoryChanged>;
  /** Takes the last success for one of now: slots up to `at` are answered. */
  touch(change: MemoryChange): Promise<MemoryChanged>;
}

/** One row of the audit. */
export interface AuditEntry {
  readonly at: Date;
  readonly who: string;
  readonly action: string;
}

/** What is remembered of a component: the last success, what it was built from, up to when slots are answered. */
export interface Memory extends Scope {
  readonly component: string;
  /** Null: it has never succeeded, or was reset. */
  readonly lastSuccess: LastSuccess | null;
  /** Changes by hand, newest first. */
  readonly audit: readonly AuditEntry[];
}
