import { createEngine } from '../../embed/create-engine.ts';
import type { PlanOptions } from '../../embed/engine.ts';
import { type ForeseenRun, namedDecisions } from '../../model/foreseen.ts';
import { renderPlan } from '../../report/plan-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags } from '../project.ts';
import { refuseIdleFlags, type SelectionFlags, selectionOf } from '../selection-flags.ts';
import type { Terminal } from '../terminal.ts';

interface PlanFlags extends OutputFlags, SelectionFlags {
  readonly dag?: string;
  readonly due?: boolean;
  readonly detailedExitcode?: boolean;
}

/** With --detailed-exitcode: something would run, or may. Terraform's 2 is taken by wrong usage. */
const WOULD_RUN = 3;

export async function plan(terminal: Terminal, flags: PlanFlags): Promise<number> {
  refuseIdleFlags(flags);
  const plans = await plansOf(flags);
  if (flags.output === 'json') printJson(terminal, flags.dag === undefined ? plans : plans[0]);
  else terminal.out(plans.map((foreseen) => renderPlan(foreseen, terminal.outPaint)).join('\n'));
  return flags.detailedExitcode && plans.some(mayRun) ? WOULD_RUN : exitCodes.success;
}

async function plansOf(flags: PlanFlags): Promise<readonly ForeseenRun[]> {
  const names = flags.dag === undefined ? (await allDags()).dags.map(({ dag }) => dag.id) : [flags.dag];
  const engine = createEngine({ environment: flags.env });
  try {
    const options: PlanOptions = { ...selectionOf(flags), due: flags.due ?? false };
    const plans: ForeseenRun[] = [];
    // One after another: each opens the sources of its DAG.
    for (const name of names) plans.push(await engine.plan(name, options));
    return plans;
  } finally {
    await engine.close();
  }
}

function mayRun({ components }: ForeseenRun): boolean {
  return components.some((foreseen) => namedDecisions(foreseen).some(({ verdict }) => verdict === 'run'));
}
