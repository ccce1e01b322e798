import { type Command, Option } from 'commander';
import {
  componentFlag,
  dagFlag,
  environmentFlag,
  listFlag,
  noColourFlag,
  outputFlag,
  sandboxDataFlag,
} from './flags.ts';

/** Flags that go together, for each of the commands that take them all. */

export const withDag = (command: Command) => command.addOption(dagFlag()).addOption(environmentFlag());

/** Which components of a DAG are meant. */
export const withSelection = (command: Command) =>
  command
    .addOption(dagFlag())
    .addOption(componentFlag())
    .addOption(listFlag('--group <names>', 'only the components of these groups'))
    .option('--upstream', 'with all that the chosen components need')
    .option('--downstream', 'with all that needs the chosen components')
    .addOption(environmentFlag())
    .option('--force', 'what is unchanged runs, too')
    .option('--include-disabled', 'what is disabled runs, too');

/** How runs are shown while they go on, and what the sandbox serves them. */
export const withShownRuns = (command: Command) =>
  command
    .addOption(outputFlag())
    .addOption(new Option('--quiet', 'say nothing unless something went wrong').conflicts('verbose'))
    .option('--verbose', 'also what components log')
    .addOption(noColourFlag())
    .addOption(sandboxDataFlag());
