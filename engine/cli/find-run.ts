import type { RunDetails } from '../../state/history/run-details.ts';
import type { State } from '../../state/open-state.ts';
import { programName } from '../model/program.ts';
import { UsageError } from './usage-error.ts';

/** The run that somebody named by its id or the first part of it. */
export async function findRun({ history }: State, id: string): Promise<RunDetails> {
  const run = await history.run(id);
  if (run) return run;
  const hint = `Four digits or more are enough where they fit one run; \`${programName} history\` lists them.`;
  throw new UsageError(`expected the id of a run, got \`${id}\`, which names none or more than one`, hint);
}
