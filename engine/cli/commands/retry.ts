import type { RunDetails } from '../../../state/history/run-details.ts';
import { createEngine } from '../../embed/create-engine.ts';
import type { Engine, RetryOptions } from '../../embed/engine.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { openReporter, type ReportFlags, reported } from '../reporting.ts';
import { catchStopSignals } from '../stop-signals.ts';
import { tellSummary } from '../tell-summary.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface RetryFlags extends ReportFlags {
  /** Only for `last`: an id names its run in whatever environment. */
  readonly env: string;
  readonly failed?: boolean;
  readonly component?: readonly string[];
  readonly downstream?: boolean;
  readonly failFast?: boolean;
  readonly wait: boolean;
  readonly sandboxData?: string;
}

/** A new run for what is open of one that has ended. */
export async function retry(terminal: Terminal, flags: RetryFlags, name: string): Promise<number> {
  if (flags.downstream && !flags.component) {
    throw new UsageError(
      'expected --component with --downstream, got none',
      'What failed has its downstreams with it.',
    );
  }
  const { engine, run } = await findWithEngine(name, flags.env);
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((line) => shown.note(line));
  const { signal, hurry } = stopping;
  try {
    const summary = await reported(engine, shown, () => engine.retry(run.id, { ...optionsOf(flags), signal, hurry }));
    shown.close();
    if (summary) tellSummary(summary, flags, terminal);
    else terminal.err(`nothing is open in run ${run.id}: there is nothing to try again\n`);
    return summary ? exitCodeOf(summary, stopping.received) : exitCodes.success;
  } finally {
    shown.close();
    await engine.close();
    stopping.release();
  }
}

/** The run says in which environment it is to be tried again. */
async function findWithEngine(
  name: string,
  environment: string,
): Promise<{ readonly engine: Engine; readonly run: RunDetails }> {
  const engine = createEngine({ environment });
  try {
    const run = await findRun(await engine.state(), name, environment);
    if (run.environment === environment) return { engine, run };
    await engine.close();
    return { engine: createEngine({ environment: run.environment }), run };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function optionsOf({ failed, component, downstream, failFast, wait, sandboxData }: RetryFlags): RetryOptions {
  return {
    noWait: !wait,
    failFast: failFast ?? false,
    failedOnly: failed ?? false,
    ...(component === undefined ? {} : { components: component }),
    ...(downstream === undefined ? {} : { downstream }),
    ...(sandboxData === undefined ? {} : { sandboxData }),
  };
}
