import { ConfigError } from './config-error.ts';
import type { Layer } from './layers.ts';
import type { Variables } from './variables.ts';

type Example = string | number | readonly string[];

/**
 * One layer per setting that a `SIGNALBOX_*` variable gives: `retries.max` is `SIGNALBOX_RETRIES_MAX`. A list is written
 * with commas.
 */
export function variableLayer(defaults: object, variables: Variables): readonly Layer[] {
  return leafPaths(defaults).flatMap(([path, example]) => {
    const name = variableName(path);
    const text = variables.get(name);
    if (text === undefined) return [];
    const from = variables.originOf(name) === '.env' ? `${name} in .env` : name;
    return [{ from, values: nest(path, parse(name, text, example)) }];
  });
}

/** Of every setting that has one. */
export function settingVariables(defaults: object): readonly string[] {
  return leafPaths(defaults).map(([path]) => variableName(path));
}

export function variableName(path: readonly string[]): string {
  return `SIGNALBOX_${path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`;
}

function leafPaths(values: object, prefix: readonly string[] = []): [string[], Example][] {
  return Object.entries(values).flatMap(([key, value]): [string[], Example][] => {
    const path = [...prefix, key];
    if (typeof value === 'string' || typeof value === 'number' || Array.isArray(value)) return [[path, value]];
    return leafPaths(value as object, path);
  });
}

function parse(name: string, text: string, example: Example): string | number | readonly string[] {
  if (typeof example === 'string') return text;
  if (typeof example === 'number') return toNumber(name, text);
  return text.split(',').map((entry) => entry.trim());
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && text.trim() !== '') return value;
  throw new ConfigError(`expected ${name} to be a number, got \`${text}\``);
}

function nest([key, ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  return { [key as string]: rest.length === 0 ? value : nest(rest, value) };
}
