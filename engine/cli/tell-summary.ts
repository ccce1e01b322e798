import type { RunSummary } from '../model/summary.ts';
import { createNdjsonReporter } from '../report/ndjson.ts';
import { renderSummary } from '../report/summary-text.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { ReportFlags } from './reporting.ts';
import type { Terminal } from './terminal.ts';

/** Quiet is for cron, which mails whatever is printed: a run that went well says nothing. */
export function tellSummary(summary: RunSummary, { output, quiet }: ReportFlags, terminal: Terminal): void {
  if (output === 'json') createNdjsonReporter(terminal.out).summary(summary);
  else if (!quiet) terminal.out(renderSummary(summary, terminal.outPaint));
  else if (exitCodeOf(summary, undefined) !== exitCodes.success)
    terminal.err(renderSummary(summary, terminal.errPaint));
}
