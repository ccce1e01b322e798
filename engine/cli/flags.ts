import { InvalidArgumentError, Option } from 'commander';

/** The flags that more than one command takes, each with one meaning. */

export const dagFlag = () => new Option('--dag <id>', 'id of the DAG, or path of its file');

export const environmentFlag = () => new Option('--env <name>', 'environment: sandbox, dev or prd').default('sandbox');

/** For what nobody watches: no environment is guessed. */
export const namedEnvironmentFlag = () =>
  new Option('--env <name>', 'environment: sandbox, dev or prd; none is guessed');

export const outputFlag = () =>
  new Option('--output <format>', 'form of the result').choices(['table', 'json']).default('table');

export const noColourFlag = () => new Option('--no-color', 'no colours, also in a terminal');

export const sandboxDataFlag = () =>
  new Option('--sandbox-data <folder>', 'serve real files in the sandbox in place of generated data');

export const componentFlag = () =>
  listFlag('--component <ids>', 'only these components; again, or with commas, for more');

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

/** ISO 8601: a day is its beginning in UTC. `Date` takes 30 February for a day of March. */
export function instantFlag(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const instant = new Date(text);
    const isWritten = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?$/.test(text);
    const day = new Date(text.slice(0, 10));
    if (isWritten && !Number.isNaN(instant.getTime()) && day.toISOString().startsWith(text.slice(0, 10)))
      return instant;
    throw new InvalidArgumentError('an instant such as 2026-03-01 or 2026-03-01T09:00:00Z');
  });
}

export function webAddressFlag(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
    throw new InvalidArgumentError('an address such as https://example.org/ping/1234');
  });
}
