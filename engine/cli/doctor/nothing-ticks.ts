import { programName } from '../../model/program.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import { allDags } from '../project.ts';
import type { Finding } from './finding.ts';

/**
 * Where no environment has a line or a tick. Nothing is wrong with that as long as no DAG has a schedule; one that does not
 * load is told of elsewhere.
 */
export async function nothingTicks(): Promise<readonly Finding[]> {
  const { dags } = await allDags().catch(() => ({ dags: [] }));
  const scheduled = dags.filter(({ dag }) => dagScheduleOf(dag).own).map(({ dag }) => dag.id);
  if (scheduled.length === 0) return [];
  const message = `nothing ticks, so that no schedule starts a run: ${scheduled.join(', ')}`;
  return [{ level: 'warn', subject: 'tick', message, hint: `${programName} crontab install --env prd` }];
}
