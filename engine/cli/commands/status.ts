import type { ComponentState } from '../../../state/history/status.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import type { ScheduleRecord } from '../../model/slot-store.ts';
import { oneLine } from '../../report/printable.ts';
import { renderTable } from '../../report/table.ts';
import { words } from '../../report/wording.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags, requireKnown, withEnvironment } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface StatusFlags extends OutputFlags {
  readonly dag?: string;
  readonly env: string;
}

interface DagStatus {
  readonly dag: string;
  readonly environment: string;
  readonly components: readonly ComponentState[];
  /** No tick makes a run of it. */
  readonly paused?: NonNullable<ScheduleRecord['paused']>;
}

export async function status(terminal: Terminal, { dag, env, output }: StatusFlags): Promise<number> {
  const dags = dag === undefined ? (await allDags()).dags.map((loaded) => loaded.dag.id) : [dag];
  const standing = await withEnvironment(env, async ({ history, slots }) => {
    const schedules = await slots.schedules(env);
    return await Promise.all(
      dags.map(async (id): Promise<DagStatus> => {
        const paused = schedules.find((schedule) => schedule.dag === id)?.paused;
        const components = await history.statusOf({ environment: env, dag: id });
        return { dag: id, environment: env, components, ...(paused && { paused }) };
      }),
    );
  });
  if (standing.every(({ components }) => components.length === 0)) await requireKnown(dag);
  if (output === 'json') printJson(terminal, standing);
  else terminal.out(standing.map(render).join('\n'));
  return exitCodes.success;
}

function render({ dag, environment, components, paused }: DagStatus): string {
  const pause = paused ? `paused since ${showTime(paused.at)} by ${paused.by}\n` : '';
  if (components.length === 0) return `${dag} has never run in ${environment}\n${pause}`;
  const columns = [
    { title: 'component', cell: ({ component }: ComponentState) => component },
    { title: 'last run', cell: (state: ComponentState) => words(state.status) },
    { title: 'ended', cell: ({ finishedAt }: ComponentState) => showTime(finishedAt) },
    { title: 'last success', cell: ({ lastSuccessAt }: ComponentState) => showTime(lastSuccessAt) || 'never' },
    { title: 'note', cell: (state: ComponentState) => noteOf(state, dag, environment) },
  ];
  return `${dag} in ${environment}, run ${components[0]?.runId}\n${pause}${renderTable(columns, components)}`;
}

/** The next thing to know: what went wrong, or how to give a component its first success. */
function noteOf(
  { component, status: end, failure, reason, lastSuccessAt }: ComponentState,
  dag: string,
  env: string,
): string {
  if (failure) return oneLine(failure.message);
  if (lastSuccessAt === null && end === 'skipped')
    return `${programName} run --dag ${dag} --component ${component} --env ${env}`;
  return reason === null ? '' : words(reason);
}
