import type { RunSummary } from '../model/summary.ts';
import type { Reporter, Write } from './reporter.ts';

/** One JSON document a line: every event, and `{"type":"summary",…}` as the last line. */
export interface NdjsonReporter extends Reporter {
  summary(summary: RunSummary): void;
}

export function createNdjsonReporter(write: Write): NdjsonReporter {
  return {
    hear: (event) => write(`${JSON.stringify(event)}\n`),
    summary: (summary) => write(`${JSON.stringify({ type: 'summary', ...summary })}\n`),
  };
}
