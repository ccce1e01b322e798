import { loadConfig } from '../../../config/load.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { readyDag } from '../../embed/ready-dag.ts';
import { runSettingsOf } from '../../embed/run-settings.ts';
import type { Scope } from '../../model/ports.ts';
import type { ComponentPast } from '../../model/simulation.ts';
import { renderSimulation } from '../../report/simulation-text.ts';
import { simulate as simulateFuture } from '../../simulate/simulate.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import { requireDag } from '../require-dag.ts';
import type { Terminal } from '../terminal.ts';

interface SimulateFlags extends OutputFlags {
  readonly dag?: string;
  readonly env: string;
  readonly from?: Date;
  readonly days: number;
}

const dayMs = 86_400_000;

export async function simulate(terminal: Terminal, flags: SimulateFlags): Promise<number> {
  const config = loadConfig({ environment: flags.env });
  const { dag } = await readyDag(requireDag(flags.dag), config);
  const scope = { environment: flags.env, dag: dag.id };
  const known = await withState(config, async (state) => ({
    past: await pastOf(state, scope),
    lastSuccesses: await state.memory.lastSuccesses(scope),
  }));
  const from = flags.from ?? systemClock.now();
  const simulation = simulateFuture({
    ...runSettingsOf(dag, config.settings),
    ...known,
    dag,
    environment: flags.env,
    from,
    to: new Date(from.getTime() + flags.days * dayMs),
  });
  if (flags.output === 'json') printJson(terminal, simulation);
  else terminal.out(renderSimulation(simulation, terminal.outPaint));
  return exitCodes.success;
}

async function pastOf({ history }: State, scope: Scope): Promise<ReadonlyMap<string, ComponentPast>> {
  const [costs, shares] = await Promise.all([history.costs(scope), history.changedShares(scope)]);
  return new Map(
    [...costs].map(([component, { wallMs, calls }]) => [
      component,
      { wallMs, calls: calls ?? 0, changedShare: shares.get(component) ?? 1 },
    ]),
  );
}
