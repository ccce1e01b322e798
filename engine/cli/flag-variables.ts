import type { Command, Option } from 'commander';
import type { Variables } from '../../config/variables.ts';
import { didYouMean } from '../model/suggest.ts';
import { UsageError } from './usage-error.ts';

/** Flags whose variable is that of the setting they stand for. */
const settingNames: Readonly<Record<string, string>> = {
  '--date': 'SIGNALBOX_SANDBOX_DATE',
  '--seed': 'SIGNALBOX_SANDBOX_SEED',
};

/** `--sandbox-data` is SIGNALBOX_SANDBOX_DATA, `--no-wait` is SIGNALBOX_NO_WAIT. */
export function variableOf(option: Option): string | undefined {
  const { long } = option;
  if (!long) return undefined;
  return settingNames[long] ?? `SIGNALBOX_${long.slice(2).toUpperCase().replaceAll('-', '_')}`;
}

/** What was not given on the command line is taken from the variables: by the same rules, with the variable in the message. */
export function applyVariables(command: Command, variables: Variables): void {
  for (const option of command.options) {
    const source = command.getOptionValueSource(option.attributeName());
    const name = variableOf(option);
    const text = name === undefined ? undefined : variables.get(name);
    if (name === undefined || text === undefined || (source !== undefined && source !== 'default')) continue;
    command.setOptionValueWithSource(option.attributeName(), flagValue(option, name, text), 'env');
  }
}

function flagValue(option: Option, name: string, text: string): unknown {
  if (option.isBoolean() || option.negate) return isOn(name, text) !== option.negate;
  if (!option.parseArg) return text;
  try {
    return option.parseArg(text, undefined as never);
  } catch (error) {
    const allowed = option.argChoices ?? [];
    const expected = allowed.length > 0 ? `one of ${allowed.join(', ')}` : (error as Error).message;
    throw new UsageError(`expected ${name} to be ${expected}, got \`${text}\``, didYouMean(text, allowed));
  }
}

function isOn(name: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new UsageError(`expected ${name} to be true or false, got \`${text}\``);
}
