import { createEngine } from '../../embed/create-engine.ts';
import type { RunOptions } from '../../embed/engine.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { openReporter, type ReportFlags, reported } from '../reporting.ts';
import { requireDag } from '../require-dag.ts';
import { refuseIdleFlags, type SelectionFlags, selectionOf } from '../selection-flags.ts';
import { catchStopSignals } from '../stop-signals.ts';
import { tellSummary } from '../tell-summary.ts';
import { tellTick, tickExitCode } from '../tell-tick.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface RunFlags extends SelectionFlags, ReportFlags {
  readonly dag?: string;
  readonly wait: boolean;
  readonly due?: boolean;
  readonly failFast?: boolean;
}

export async function run(terminal: Terminal, flags: RunFlags): Promise<number> {
  const dag = requireDag(flags.dag);
  refuseIdleFlags(flags);
  refuseChosenDue(flags);
  const engine = createEngine({ environment: flags.env });
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((line) => shown.note(line));
  const { signal, hurry } = stopping;
  try {
    if (flags.due) {
      const { sandboxData } = flags;
      const options = { signal, hurry, ...(sandboxData === undefined ? {} : { sandboxData }) };
      const done = await reported(engine, shown, () => engine.runDue(dag, options));
      shown.close();
      const tick = { environment: flags.env, dags: [done], broken: [] };
      tellTick(tick, flags, terminal);
      return tickExitCode(tick, stopping.received);
    }
    const summary = await reported(engine, shown, () => engine.run(dag, { ...runOptions(flags), signal, hurry }));
    shown.close();
    tellSummary(summary, flags, terminal);
    return exitCodeOf(summary, stopping.received);
  } finally {
    shown.close();
    await engine.close();
    stopping.release();
  }
}

/** What is due is for the calendar to choose, a forced run asks for no calendar, and a DAG has its own failure policy. */
function refuseChosenDue({ due, component = [], group = [], force, failFast, wait }: RunFlags): void {
  if (!due) return;
  const others: readonly (readonly [string, boolean | undefined])[] = [
    ['--component', component.length > 0],
    ['--group', group.length > 0],
    ['--force', force],
    ['--fail-fast', failFast],
    ['--no-wait', !wait],
  ];
  const other = others.find(([, isGiven]) => isGiven);
  if (other) throw new UsageError(`expected --due alone, got it with ${other[0]}`, 'Leave one of the two out.');
}

function runOptions(flags: RunFlags): RunOptions {
  return { ...selectionOf(flags), noWait: !flags.wait, failFast: flags.failFast ?? false };
}
