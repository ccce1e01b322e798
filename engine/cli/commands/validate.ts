import type { FoundDags } from '../../load/find-dags.ts';
import type { LoadedDag } from '../../load/load-dag.ts';
import { LoadError } from '../../load/load-error.ts';
import { formatProblem } from '../../model/problem.ts';
import { formatCount } from '../../report/quantity.ts';
import { scheduleProblems } from '../../schedule/schedule-problems.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags, namedDag } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** All that is wrong, at once; exit code 2 when anything is. */
export async function validate(terminal: Terminal, { output }: OutputFlags, names: readonly string[]): Promise<number> {
  const { dags, errors } = checkSchedules(names.length === 0 ? await allDags() : await loadAll(names));
  if (output === 'json')
    printJson(terminal, { valid: dags.map(({ dag }) => dag.id), problems: errors.flatMap(listed) });
  else {
    terminal.out(dags.map(({ dag, file }) => `${dag.id} is valid: ${file}\n`).join(''));
    if (errors.length > 0)
      terminal.err(`${errors.map(loadErrorText).join('')}${formatCount(errors.length, 'file')} to mend\n`);
  }
  return errors.length === 0 ? exitCodes.success : exitCodes.usage;
}

async function loadAll(names: readonly string[]): Promise<FoundDags> {
  const dags: LoadedDag[] = [];
  const errors: LoadError[] = [];
  for (const name of names) {
    try {
      dags.push(await namedDag(name));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      errors.push(error);
    }
  }
  return { dags, errors };
}

/** The library that evaluates cron expressions is asked as well; loading a DAG does without it. */
function checkSchedules({ dags, errors }: FoundDags): FoundDags {
  const refused = dags.flatMap(({ dag, file }) => {
    const problems = scheduleProblems(dag);
    return problems.length === 0 ? [] : [new LoadError(problems.map(formatProblem).join('\n'), { file, problems })];
  });
  const refusedFiles = new Set(refused.map(({ file }) => file));
  return { dags: dags.filter(({ file }) => !refusedFiles.has(file)), errors: [...errors, ...refused] };
}

/** What `defineDag` found comes problem by problem, each with its place. */
function listed(error: LoadError): readonly object[] {
  const { file, line, message, hint, where, problems } = error;
  if (problems.length > 0) return problems.map((problem) => ({ file, ...problem }));
  return [{ file, where, message, ...(line === undefined ? {} : { line }), ...(hint === undefined ? {} : { hint }) }];
}
