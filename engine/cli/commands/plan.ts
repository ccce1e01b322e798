import { createEngine } from '../../embed/create-engine.ts';
import type { Engine, PlanOptions } from '../../embed/engine.ts';
import { type ForeseenRun, mayRun } from '../../model/foreseen.ts';
import { renderPlan } from '../../report/plan-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { explainError, loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags } from '../project.ts';
import { refuseIdleFlags, type SelectionFlags, selectionOf } from '../selection-flags.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface PlanFlags extends OutputFlags, SelectionFlags {
  readonly dag?: string;
  readonly due?: boolean;
  readonly detailedExitcode?: boolean;
}

/** With --detailed-exitcode: something would run, or may. Terraform's 2 is taken by wrong usage. */
const WOULD_RUN = 3;

/** The plans that could be made, and the worst exit code of what kept the others from it. */
interface Planned {
  readonly plans: readonly ForeseenRun[];
  readonly exitCode: number;
}

export async function plan(terminal: Terminal, flags: PlanFlags): Promise<number> {
  refuseIdleFlags(flags);
  refuseChoiceOfAll(flags);
  const { plans, exitCode } = await planned(terminal, flags);
  if (flags.output === 'json') printJson(terminal, flags.dag === undefined ? plans : plans[0]);
  else terminal.out(plans.map((foreseen) => renderPlan(foreseen, terminal.outPaint)).join('\n'));
  const wouldRun = plans.some(({ components }) => components.some(mayRun));
  return exitCode === exitCodes.success && flags.detailedExitcode && wouldRun ? WOULD_RUN : exitCode;
}

/** The ids of one DAG mean nothing in another. */
function refuseChoiceOfAll({ dag, component = [], group = [] }: PlanFlags): void {
  if (dag !== undefined || component.length + group.length === 0) return;
  const flag = component.length > 0 ? '--component' : '--group';
  throw new UsageError(`expected --dag with ${flag}, got none`, 'Without --dag every DAG of the project is planned.');
}

async function planned(terminal: Terminal, flags: PlanFlags): Promise<Planned> {
  const engine = createEngine({ environment: flags.env });
  const options: PlanOptions = { ...selectionOf(flags), due: flags.due ?? false };
  try {
    if (flags.dag === undefined) return await planAll(terminal, engine, options);
    return { plans: [await engine.plan(flags.dag, options)], exitCode: exitCodes.success };
  } finally {
    await engine.close();
  }
}

/** What is wrong with one DAG does not hide the others, as in a tick. */
async function planAll(terminal: Terminal, engine: Engine, options: PlanOptions): Promise<Planned> {
  const { dags, errors } = await allDags();
  const plans: ForeseenRun[] = [];
  let exitCode: number = errors.length > 0 ? exitCodes.failed : exitCodes.success;
  terminal.err(errors.map(loadErrorText).join(''));
  // One after another: each opens the sources of its DAG.
  for (const { dag } of dags) {
    try {
      plans.push(await engine.plan(dag.id, options));
    } catch (error) {
      const explained = explainError(error);
      terminal.err(explained.text.replace(/^signalbox: /, `signalbox: ${dag.id}: `));
      exitCode = Math.max(exitCode, explained.exitCode);
    }
  }
  return { plans, exitCode };
}
