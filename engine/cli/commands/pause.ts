import { userInfo } from 'node:os';
import { systemClock } from '../../clock/system-clock.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedDag, withEnvironment } from '../project.ts';
import { requireEnvironment } from '../require-environment.ts';
import type { Terminal } from '../terminal.ts';

interface PauseFlags {
  readonly env?: string;
}

/** No tick makes a run of the DAG until it is unpaused. A run that goes on ends, and `run` works as ever. */
export async function pause(terminal: Terminal, { env }: PauseFlags, name: string): Promise<number> {
  const environment = requireEnvironment(env);
  const { dag } = await namedDag(name);
  const scope = { environment, dag: dag.id };
  const by = userInfo().username;
  const isNew = await withEnvironment(environment, ({ slots }) => slots.pause(scope, by, systemClock.now()));
  terminal.err(isNew ? `${dag.id} is paused in ${environment}\n` : `${dag.id} was paused in ${environment} already\n`);
  return exitCodes.success;
}

/** From the next slot on: those of the pause are not caught up. */
export async function unpause(terminal: Terminal, { env }: PauseFlags, name: string): Promise<number> {
  const environment = requireEnvironment(env);
  const { dag } = await namedDag(name);
  const scope = { environment, dag: dag.id };
  const wasPaused = await withEnvironment(environment, ({ slots }) => slots.unpause(scope, systemClock.now()));
  terminal.err(wasPaused ? `${dag.id} goes on in ${environment}\n` : `${dag.id} was not paused in ${environment}\n`);
  return exitCodes.success;
}
