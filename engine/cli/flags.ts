import { InvalidArgumentError, Option } from 'commander';

/** The flags that more than one command takes, each with one meaning. */

export const dagFlag = () => new Option('--dag <id>', 'id of the DAG, or path of its file');

export const environmentFlag = () => new Option('--env <name>', 'environment: sandbox, dev or prd').default('sandbox');

export const outputFlag = () =>
  new Option('--output <format>', 'form of the result').choices(['table', 'json']).default('table');

export const noColourFlag = () => new Option('--no-color', 'no colours, also in a terminal');

/** Given again, or with commas: one list. */
export function listFlag(flags: string, description: string): Option {
  return new Option(flags, description).argParser<readonly string[]>((text, before) => [
    ...(Array.isArray(before) ? before : []),
    ...text.split(',').filter((word) => word !== ''),
  ]);
}

export function wholeNumberFlag(flags: string, description: string, min: number, max: number): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max}`);
  });
}
