import type { RunDetails } from '../../../state/history/run-details.ts';
import type { ComponentState } from '../../../state/history/status.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import type { Dag } from '../../model/component.ts';
import type { Explanation } from '../../model/explanation.ts';
import { renderExplanation, renderExplanations } from '../../report/explanation-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain as explainOne } from '../explain/explain.ts';
import { findRun } from '../find-run.ts';
import { findNamed } from '../named-component.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface ExplainFlags extends OutputFlags {
  readonly env: string;
  readonly run?: string;
}

export async function explain(terminal: Terminal, flags: ExplainFlags, name: string): Promise<number> {
  const { config, dagName, dag, component } = await findNamed(name, flags.env);
  const components = component ? [component] : dag.components;
  const explanations = await withState(config, async (state) => {
    const scope = { environment: flags.env, dag: dag.id };
    const states = await state.history.statusOf(scope);
    const run = await runOf(state, dag, flags, states);
    const known = { dagName, dag, scope, config, state, now: systemClock.now(), run, states };
    return Promise.all(components.map((one) => explainOne(one, known)));
  });
  tell(terminal, flags, explanations, component ? undefined : dagName);
  return exitCodes.success;
}

/** The run that was named, or the one that tells how the components stand. */
async function runOf(
  state: State,
  dag: Dag,
  { env, run: named }: ExplainFlags,
  [first]: readonly ComponentState[],
): Promise<RunDetails | undefined> {
  if (named === undefined) return first && (await state.history.run(first.runId));
  const run = await findRun(state, named, env);
  if (run.dag === dag.id && run.environment === env) return run;
  const { id, environment } = run;
  throw new UsageError(
    `expected a run of ${dag.id} in ${env}, got ${id}, which is one of ${run.dag} in ${environment}`,
  );
}

/** `dagName` where it is asked about all components. */
function tell(
  terminal: Terminal,
  { output }: ExplainFlags,
  all: readonly Explanation[],
  dagName: string | undefined,
): void {
  const [first] = all;
  if (output === 'json') printJson(terminal, dagName === undefined ? first : all);
  else if (dagName !== undefined) terminal.out(renderExplanations(all, dagName, terminal.outPaint));
  else if (first) terminal.out(renderExplanation(first, terminal.outPaint));
}
