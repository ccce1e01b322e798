import { formatProblem, type Problem } from '../model/problem.ts';

/** Everything that is wrong with a DAG, found in one go. */
export class DagError extends Error {
  readonly problems: readonly Problem[];

  constructor(dag: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${dag} has ${count}:`, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join('\n'));
    this.name = 'DagError';
    this.problems = problems;
  }
}
