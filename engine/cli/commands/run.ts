import { createEngine } from '../../embed/create-engine.ts';
import type { RunOptions } from '../../embed/engine.ts';
import type { RunSummary } from '../../model/summary.ts';
import { createNdjsonReporter } from '../../report/ndjson.ts';
import { renderSummary } from '../../report/summary-text.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { openReporter, type ReportFlags, reported } from '../reporting.ts';
import { requireDag } from '../require-dag.ts';
import { refuseIdleFlags, type SelectionFlags, selectionOf } from '../selection-flags.ts';
import { catchStopSignals } from '../stop-signals.ts';
import { tellTick, tickExitCode } from '../tell-tick.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface RunFlags extends SelectionFlags, ReportFlags {
  readonly dag?: string;
  readonly wait: boolean;
  readonly due?: boolean;
}

export async function run(terminal: Terminal, flags: RunFlags): Promise<number> {
  const dag = requireDag(flags.dag);
  refuseIdleFlags(flags);
  refuseChosenDue(flags);
  const engine = createEngine({ environment: flags.env });
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((name) => shown.note(`${name}: stopping; once more to stop waiting`));
  const { signal } = stopping;
  try {
    if (flags.due) {
      const { sandboxData } = flags;
      const options = { signal, ...(sandboxData === undefined ? {} : { sandboxData }) };
      const done = await reported(engine, shown, () => engine.runDue(dag, options));
      shown.close();
      const tick = { environment: flags.env, dags: [done], broken: [] };
      tellTick(tick, flags, terminal);
      return tickExitCode(tick, stopping.received);
    }
    const summary = await reported(engine, shown, () => engine.run(dag, runOptions(flags, signal)));
    shown.close();
    tellSummary(summary, flags, terminal);
    return exitCodeOf(summary, stopping.received);
  } finally {
    shown.close();
    await engine.close();
    stopping.release();
  }
}

/** What is due is for the calendar to choose, and a forced run asks for no calendar. */
function refuseChosenDue({ due, component = [], group = [], force, wait }: RunFlags): void {
  if (!due) return;
  const other =
    component.length > 0
      ? '--component'
      : group.length > 0
        ? '--group'
        : force
          ? '--force'
          : wait
            ? undefined
            : '--no-wait';
  if (other === undefined) return;
  throw new UsageError(`expected --due alone, got it with ${other}`, 'Leave one of the two out.');
}

function runOptions(flags: RunFlags, signal: AbortSignal): RunOptions {
  return { ...selectionOf(flags), signal, noWait: !flags.wait };
}

/** Quiet is for cron, which mails whatever is printed: a run that went well says nothing. */
function tellSummary(summary: RunSummary, { output, quiet }: RunFlags, terminal: Terminal): void {
  if (output === 'json') createNdjsonReporter(terminal.out).summary(summary);
  else if (!quiet) terminal.out(renderSummary(summary, terminal.outPaint));
  else if (exitCodeOf(summary, undefined) !== exitCodes.success)
    terminal.err(renderSummary(summary, terminal.errPaint));
}
