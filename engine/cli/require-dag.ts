import { programName } from '../model/program.ts';
import { UsageError } from './usage-error.ts';

/** None is guessed, also where there is only one: a second DAG would change what a line in cron does. */
export function requireDag(dag: string | undefined): string {
  if (dag !== undefined) return dag;
  throw new UsageError(
    'expected --dag, got none',
    `Name one by its id or file; \`${programName} list\` shows what there is.`,
  );
}
