import { join } from 'node:path';
import { systemClock } from '../clock/system-clock.ts';
import type { Engine } from '../embed/engine.ts';
import { createLineReporter } from '../report/console-lines.ts';
import { createLiveReporter } from '../report/console-live.ts';
import { createLogFiles } from '../report/log-files.ts';
import { createNdjsonReporter } from '../report/ndjson.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Terminal } from './terminal.ts';

export interface ReportFlags {
  readonly output: 'table' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** How the runs of a command are shown while they go on. */
export interface Shown {
  readonly reporter: Reporter;
  /** A line for people, among those of the reporter. */
  note(line: string): void;
  close(): void;
}

const redrawEveryMs = 100;

export function openReporter({ output, quiet, verbose = false }: ReportFlags, terminal: Terminal): Shown {
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

/** Has all that `work` does shown, and kept in log files. */
export async function reported<Result>(engine: Engine, shown: Shown, work: () => Promise<Result>): Promise<Result> {
  const logFiles = createLogFiles(join(engine.config.home, 'logs'), (error) =>
    shown.note(`signalbox: no log is kept: ${error.message}`),
  );
  engine.on((event) => logFiles.hear(event));
  engine.on((event) => shown.reporter.hear(event));
  engine.onTrouble((sentence) => shown.note(`signalbox: ${sentence}`));
  try {
    return await work();
  } finally {
    await logFiles.close();
  }
}
