import { join } from 'node:path';
import { systemClock } from '../../clock/system-clock.ts';
import { createEngine } from '../../embed/create-engine.ts';
import type { Engine, RunOptions } from '../../embed/engine.ts';
import type { RunSummary } from '../../model/summary.ts';
import { createLineReporter } from '../../report/console-lines.ts';
import { createLiveReporter } from '../../report/console-live.ts';
import { createLogFiles } from '../../report/log-files.ts';
import { createNdjsonReporter } from '../../report/ndjson.ts';
import type { Reporter } from '../../report/reporter.ts';
import { renderSummary } from '../../report/summary-text.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { requireDag } from '../require-dag.ts';
import { refuseIdleFlags, type SelectionFlags, selectionOf } from '../selection-flags.ts';
import { catchStopSignals } from '../stop-signals.ts';
import type { Terminal } from '../terminal.ts';

interface RunFlags extends SelectionFlags {
  readonly dag?: string;
  readonly wait: boolean;
  readonly output: 'table' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const redrawEveryMs = 100;

export async function run(terminal: Terminal, flags: RunFlags): Promise<number> {
  const dag = requireDag(flags.dag);
  refuseIdleFlags(flags);
  const engine = createEngine({ environment: flags.env });
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((name) => shown.note(`${name}: stopping; once more to stop waiting`));
  try {
    const summary = await runReported(engine, dag, runOptions(flags, stopping.signal), shown);
    shown.close();
    tellSummary(summary, flags, terminal);
    return exitCodeOf(summary, stopping.received);
  } finally {
    shown.close();
    await engine.close();
    stopping.release();
  }
}

async function runReported(engine: Engine, dag: string, options: RunOptions, shown: Shown): Promise<RunSummary> {
  const logFiles = createLogFiles(join(engine.config.home, 'logs'), (error) =>
    shown.note(`signalbox: a log file cannot be written: ${error.message}`),
  );
  engine.on((event) => logFiles.hear(event));
  engine.on((event) => shown.reporter.hear(event));
  try {
    return await engine.run(dag, options);
  } finally {
    await logFiles.close();
  }
}

function runOptions(flags: RunFlags, signal: AbortSignal): RunOptions {
  return { ...selectionOf(flags), signal, noWait: !flags.wait };
}

interface Shown {
  readonly reporter: Reporter;
  /** A line for people, among those of the reporter. */
  note(line: string): void;
  close(): void;
}

function openReporter({ output, quiet, verbose = false }: RunFlags, terminal: Terminal): Shown {
  const still = { note: (line: string) => terminal.err(`${line}\n`), close: () => {} };
  if (output === 'json') return { ...still, reporter: createNdjsonReporter(terminal.out) };
  if (quiet) return { ...still, reporter: { hear: () => {} } };
  const options = { paint: terminal.errPaint, verbose };
  if (!terminal.isLive) return { ...still, reporter: createLineReporter(terminal.err, options) };
  const live = createLiveReporter({ ...terminal, ...options, write: terminal.err, now: () => systemClock.now() });
  const timer = setInterval(() => live.redraw(), redrawEveryMs).unref();
  return {
    reporter: live,
    note: (line) => live.note(line),
    close: () => {
      clearInterval(timer);
      live.close();
    },
  };
}

/** Quiet is for cron, which mails whatever is printed: a run that went well says nothing. */
function tellSummary(summary: RunSummary, { output, quiet }: RunFlags, terminal: Terminal): void {
  if (output === 'json') createNdjsonReporter(terminal.out).summary(summary);
  else if (!quiet) terminal.out(renderSummary(summary, terminal.outPaint));
  else if (exitCodeOf(summary, undefined) !== exitCodes.success)
    terminal.err(renderSummary(summary, terminal.errPaint));
}
