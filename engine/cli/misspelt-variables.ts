import type { Command } from 'commander';
import { knownVariables, variablePrefix } from '../../config/known-variables.ts';
import type { Variables } from '../../config/variables.ts';
import { didYouMean } from '../model/suggest.ts';
import { variableOf } from './flag-variables.ts';

/** What a component's `command` is told of its run; a command line that it starts sees them, too. */
const toldToCommands = ['SIGNALBOX_ENVIRONMENT', 'SIGNALBOX_RUN_ID', 'SIGNALBOX_ATTEMPT'];

/** A sentence for each variable that nothing reads and that is nearly one of ours; others are somebody else's. */
export function misspeltVariables(command: Command, variables: Variables): readonly string[] {
  const given = variables.namesWith(variablePrefix);
  if (given.length === 0) return [];
  const told = given.includes('SIGNALBOX_RUN_ID') ? toldToCommands : [];
  const known = new Set([...knownVariables, ...told, ...flagVariables(rootOf(command))]);
  const words = [...known].map(wordOf);
  return given.flatMap((name) => {
    // Too far from it for a slip of the fingers, and yet what one would write.
    const word = name === 'SIGNALBOX_ENVIRONMENT' ? 'ENV' : wordOf(name);
    const meant = known.has(name) ? undefined : didYouMean(word, words);
    return meant === undefined ? [] : [`${name} is read by nothing: ${meant.replace('`', `\`${variablePrefix}`)}`];
  });
}

/** Without what all of them begin with, which would make any two alike. */
function wordOf(name: string): string {
  return name.slice(variablePrefix.length);
}

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}

function flagVariables(command: Command): readonly string[] {
  const own = command.options.flatMap((option) => variableOf(option) ?? []);
  return [...own, ...command.commands.flatMap(flagVariables)];
}
