import { loadConfig } from '../../../config/load.ts';
import type { RunDetails } from '../../../state/history/run-details.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { readyDag } from '../../embed/ready-dag.ts';
import type { Component, Dag } from '../../model/component.ts';
import type { Explanation } from '../../model/explanation.ts';
import { didYouMean } from '../../model/suggest.ts';
import { renderExplanation, renderExplanations } from '../../report/explanation-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain as explainOne } from '../explain/explain.ts';
import { findRun } from '../find-run.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface ExplainFlags extends OutputFlags {
  readonly env: string;
  readonly run?: string;
}

export async function explain(terminal: Terminal, flags: ExplainFlags, name: string): Promise<number> {
  const config = loadConfig({ environment: flags.env });
  const [dagName, componentName] = splitName(name);
  const { dag } = await readyDag(dagName, config);
  const components = componentName === undefined ? dag.components : [componentOf(dag, componentName)];
  const explanations = await withState(config, async (state) => {
    const scope = { environment: flags.env, dag: dag.id };
    const [run, states] = await Promise.all([runOf(state, dag, flags), state.history.statusOf(scope)]);
    const known = { dag, scope, config, state, now: systemClock.now(), run, states };
    return Promise.all(components.map((component) => explainOne(component, known)));
  });
  tell(terminal, flags, explanations, componentName !== undefined);
  return exitCodes.success;
}

/** `transit.gtfs-schedule`; a path of a DAG file holds dots too, but ends with one of a file's name. */
function splitName(name: string): readonly [dag: string, component: string | undefined] {
  const match = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)$/.exec(name);
  return match?.[1] === undefined ? [name, undefined] : [match[1], match[2]];
}

function componentOf(dag: Dag, id: string): Component {
  const component = dag.components.find((candidate) => candidate.id === id);
  if (component) return component;
  const ids = dag.components.map((candidate) => candidate.id);
  throw new UsageError(`expected a component of ${dag.id}, got \`${id}\``, didYouMean(id, ids));
}

/** The newest run that had its turn, or the one that was named. */
async function runOf(state: State, dag: Dag, { env, run: named }: ExplainFlags): Promise<RunDetails | undefined> {
  if (named === undefined) {
    const [newest] = await state.history.listRuns({ environment: env, dag: dag.id, withoutReason: 'busy', limit: 1 });
    return newest && (await state.history.run(newest.id));
  }
  const run = await findRun(state, named, env);
  if (run.dag === dag.id) return run;
  throw new UsageError(`expected a run of ${dag.id}, got ${run.id}, which is one of ${run.dag}`);
}

function tell(terminal: Terminal, { output }: ExplainFlags, all: readonly Explanation[], isOne: boolean): void {
  const [first] = all;
  if (output === 'json') printJson(terminal, isOne ? first : all);
  else if (isOne && first) terminal.out(renderExplanation(first, terminal.outPaint));
  else terminal.out(renderExplanations(all, terminal.outPaint));
}
