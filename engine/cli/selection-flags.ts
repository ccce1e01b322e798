import type { RunOptions } from '../embed/engine.ts';
import { UsageError } from './usage-error.ts';

/** The flags that say which components of a DAG are meant, and on which data. */
export interface SelectionFlags {
  readonly component?: readonly string[];
  readonly group?: readonly string[];
  readonly upstream?: boolean;
  readonly downstream?: boolean;
  readonly env: string;
  readonly force?: boolean;
  readonly includeDisabled?: boolean;
  readonly sandboxData?: string;
}

/** A flag that would change nothing was meant for something: the run is not what was wanted. */
export function refuseIdleFlags({
  upstream,
  downstream,
  component = [],
  group = [],
  sandboxData,
  env,
}: SelectionFlags) {
  if ((upstream || downstream) && component.length + group.length === 0) {
    const flag = upstream ? '--upstream' : '--downstream';
    throw new UsageError(
      `expected --component or --group with ${flag}, got neither`,
      'Without them, all of the DAG runs.',
    );
  }
  if (sandboxData !== undefined && env !== 'sandbox') {
    const hint = 'Leave --sandbox-data (or SIGNALBOX_SANDBOX_DATA) out, or choose --env sandbox.';
    throw new UsageError(`expected --sandbox-data with --env sandbox, got --env ${env}`, hint);
  }
}

export function selectionOf(flags: SelectionFlags): RunOptions {
  const { component, group, upstream, downstream, force, includeDisabled, sandboxData } = flags;
  return {
    ...(component === undefined ? {} : { components: component }),
    ...(group === undefined ? {} : { groups: group }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(downstream === undefined ? {} : { downstream }),
    ...(force === undefined ? {} : { force }),
    ...(includeDisabled === undefined ? {} : { includeDisabled }),
    ...(sandboxData === undefined ? {} : { sandboxData }),
  };
}
