import { userInfo } from 'node:os';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { recoverDead } from '../../embed/recover.ts';
import type { Memory, MemoryChange, MemoryChanged } from '../../model/memory-change.ts';
import type { Scope } from '../../model/ports.ts';
import { programName } from '../../model/program.ts';
import { renderMemories, renderMemory } from '../../report/memory-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { findNamed } from '../named-component.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import { requireEnvironment } from '../require-environment.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface ShowFlags extends OutputFlags {
  readonly env: string;
}

const auditMax = 5;

export async function stateShow(terminal: Terminal, flags: ShowFlags, name: string): Promise<number> {
  const { config, dag, component } = await findNamed(name, flags.env);
  const scope = { environment: flags.env, dag: dag.id };
  const ids = (component ? [component] : dag.components).map(({ id }) => id);
  const memories = await withState(config, (state) => read(state, scope, ids));
  const [first] = memories;
  if (flags.output === 'json') printJson(terminal, component ? first : memories);
  else terminal.out(component && first ? renderMemory(first) : renderMemories(memories));
  return exitCodes.success;
}

async function read(state: State, scope: Scope, ids: readonly string[]): Promise<readonly Memory[]> {
  const successes = await state.memory.lastSuccesses(scope, ids);
  const one = async (component: string) => ({
    ...scope,
    component,
    lastSuccess: successes.get(component) ?? null,
    audit: await state.history.audit(scope, component, auditMax),
  });
  return Promise.all(ids.map(one));
}

interface ChangeFlags {
  readonly env?: string;
}

type Change = (state: State, change: MemoryChange) => Promise<MemoryChanged>;

export function stateReset(terminal: Terminal, flags: ChangeFlags, name: string): Promise<number> {
  const done = 'is forgotten: its next run is as good as its first; published files stay where they are';
  return changeMemory(terminal, flags, name, done, (state, change) => state.keeper.reset(change));
}

export function stateTouch(terminal: Terminal, flags: ChangeFlags, name: string): Promise<number> {
  const done = 'counts as answered up to now: it is due again at its next slot';
  return changeMemory(terminal, flags, name, done, (state, change) => state.keeper.touch(change));
}

async function changeMemory(
  terminal: Terminal,
  { env }: ChangeFlags,
  name: string,
  done: string,
  change: Change,
): Promise<number> {
  const environment = requireEnvironment(env);
  const { config, dagName, dag, component } = await findNamed(name, environment);
  if (!component) {
    throw new UsageError(`expected <dag>.<component>, got \`${name}\``, 'What is remembered is changed one by one.');
  }
  const request = {
    environment,
    dag: dag.id,
    component: component.id,
    who: userInfo().username,
    at: systemClock.now(),
  };
  const changed = await withState(config, async (state) => {
    await recoverDead(state.owners, systemClock);
    return change(state, request);
  });
  switch (changed) {
    case 'changed':
      terminal.err(`${dag.id}.${component.id} in ${environment} ${done}\n`);
      return exitCodes.success;
    case 'held':
      terminal.err(`signalbox: ${dag.id}.${component.id} is at work just now\n  Try again when its run has ended.\n`);
      return exitCodes.busy;
    default: {
      const hint = `\`${programName} state show ${dagName} --env ${environment}\` tells what is remembered.`;
      throw new UsageError(
        `expected ${dag.id}.${component.id} to have succeeded in ${environment}, it never has`,
        hint,
      );
    }
  }
}
