import type { State } from '../../../state/open-state.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import { allDags } from '../project.ts';
import type { Finding } from './finding.ts';

/** Slots that wait for a run of a DAG that no file holds any more: ticks go by files, so none ever comes to them. */
export async function checkForgottenSlots({ database }: State): Promise<readonly Finding[]> {
  const { dags, errors } = await allDags().catch(() => ({ dags: [], errors: [undefined] }));
  // A file that does not load may hold any of them; that is told of by itself.
  if (errors.length > 0) return [];
  const rows = await database
    .selectFrom('slot')
    .select(({ fn }) => ['environment', 'dag', fn.countAll<number>().as('count'), fn.min('slot').as('first')])
    .where('status', '=', 'due')
    .groupBy(['environment', 'dag'])
    .orderBy('environment')
    .orderBy('dag')
    .execute();
  const known = new Set(dags.map(({ dag }) => dag.id));
  return rows.filter(({ dag }) => !known.has(dag)).map(forgotten);
}

interface ForgottenSlots {
  readonly environment: string;
  readonly dag: string;
  readonly count: number;
  readonly first: Date;
}

function forgotten({ environment, dag, count, first }: ForgottenSlots): Finding {
  const slots = count === 1 ? `the slot ${showTime(first)} waits` : `${count} slots from ${showTime(first)} on wait`;
  const close = `update slot set status = 'skipped', reason = 'dag_gone' where status = 'due' and environment = '${environment}' and dag = '${dag}'`;
  return {
    level: 'warn',
    subject: `slots of ${dag} in ${environment}`,
    message: `${slots} for a run, but no file in dags/ holds that DAG`,
    hint: `Put the file back; or let them pass: ${programName} db shell -c "${close}"`,
  };
}
