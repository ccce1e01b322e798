import type { RunDetails } from '../../state/history/run-details.ts';
import type { RunRow } from '../../state/history/runs.ts';
import type { State } from '../../state/open-state.ts';
import { programName } from '../model/program.ts';
import { showTime } from '../model/show-time.ts';
import { UsageError } from './usage-error.ts';

/** Of the runs that a cut id may mean. */
const listedMax = 5;

/** The run that somebody named by its id, the first or last part of it, or as `last`, the newest of the environment. */
export async function findRun({ history }: State, name: string, environment: string): Promise<RunDetails> {
  const [first, ...others] =
    name === 'last' ? await history.listRuns({ environment, limit: 1 }) : await history.runsNamed(name, listedMax + 1);
  if (first && others.length > 0) throw severalRuns(name, [first, ...others]);
  const run = first && (await history.run(first.id));
  if (run) return run;
  if (name === 'last') throw new UsageError(`expected a run in environment ${environment}, got none so far`);
  const hint = `Four digits of its beginning or end are enough, or \`last\`; \`${programName} history\` lists the runs.`;
  throw new UsageError(`expected the id of a run, got \`${name}\`, which names none`, hint);
}

function severalRuns(name: string, runs: readonly RunRow[]): UsageError {
  const listed = runs
    .slice(0, listedMax)
    .map(
      ({ id, dag, environment, status, startedAt }) =>
        `${id}  ${dag} in ${environment}, ${status}, ${showTime(startedAt)}`,
    );
  const more = runs.length > listedMax ? ['… and more'] : [];
  const hint = ['Give more of its digits:', ...listed, ...more].join('\n');
  return new UsageError(`expected the id of one run, got \`${name}\`, which names several`, hint);
}
