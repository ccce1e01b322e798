import type { Command } from 'commander';
import { applyVariables, variableOf } from './flag-variables.ts';
import { type BareTerminal, dressTerminal, type Terminal } from './terminal.ts';

/** What a command does. `flags` and `words` are as its own declaration in program.ts says; returns the exit code. */
export type CommandBody = (terminal: Terminal, flags: never, ...words: never[]) => Promise<number>;

/** Ties a declared command to its body, which is loaded when it is asked for and not before. */
export type Define = (command: Command, load: () => Promise<CommandBody>) => void;

export function defineWith(bare: BareTerminal, report: (exitCode: number) => void): Define {
  return (command, load) => {
    for (const option of command.options) option.description += ` [${variableOf(option)}]`;
    command.action(async (...given: unknown[]) => {
      // The declared arguments, then the flags and the command itself.
      const words = given.slice(0, -2) as never[];
      const { loadProject } = await import('../../config/load.ts');
      const { misspeltVariables } = await import('./misspelt-variables.ts');
      const { variables } = loadProject();
      applyVariables(command, variables);
      const flags = command.opts();
      const terminal = dressTerminal(bare, variables, flags.color !== false);
      for (const sentence of misspeltVariables(command, variables)) terminal.err(`signalbox: ${sentence}\n`);
      const body = await load();
      report(await body(terminal, flags as never, ...words));
    });
  };
}
