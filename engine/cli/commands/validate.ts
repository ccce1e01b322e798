import { environmentNames } from '../../../config/environments.ts';
import { loadConfig, loadProject } from '../../../config/load.ts';
import { unknownNames } from '../../../config/unknown-names.ts';
import { dagFolderOf } from '../../embed/ready-dag.ts';
import type { FoundDags } from '../../load/find-dags.ts';
import type { LoadedDag } from '../../load/load-dag.ts';
import { LoadError } from '../../load/load-error.ts';
import { misnamedFiles } from '../../load/misnamed-file.ts';
import { formatProblem } from '../../model/problem.ts';
import { formatCount } from '../../report/quantity.ts';
import { scheduleProblems } from '../../schedule/schedule-problems.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags, namedDag } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** All that is wrong, at once; exit code 2 when anything is. What the settings name can be judged by all DAGs only. */
export async function validate(terminal: Terminal, { output }: OutputFlags, names: readonly string[]): Promise<number> {
  const { dags, errors: ofDags } = checkSchedules(names.length === 0 ? await allDags() : await loadAll(names));
  const errors = [...ofDags, ...(names.length === 0 && ofDags.length === 0 ? settingsErrors(dags) : [])];
  const misnamed = misnamedFiles(dags, dagFolderOf(loadProject()));
  if (output === 'json') {
    const valid = dags.map(({ dag }) => dag.id);
    printJson(terminal, { valid, problems: errors.flatMap(listed), warnings: misnamed });
  } else {
    terminal.out(dags.map(({ dag, file }) => `${dag.id} is valid: ${file}\n`).join(''));
    terminal.err(misnamed.map(({ file, message, hint }) => `${file}\n  ${message}\n  ${hint}\n`).join(''));
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

/** Each name once, also where several environments have it of one file. */
function settingsErrors(dags: readonly LoadedDag[]): readonly LoadError[] {
  const errors = new Map<string, LoadError>();
  for (const environment of environmentNames) {
    for (const { from, problem } of unknownNames(
      loadConfig({ environment }),
      dags.map(({ dag }) => dag),
    )) {
      const message = formatProblem(problem);
      errors.set(`${from} ${message}`, new LoadError(message, { file: from, problems: [problem] }));
    }
  }
  return [...errors.values()];
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
