import { ConfigError } from './config-error.ts';
import type { Layer } from './layers.ts';
import type { Variables } from './variables.ts';

/** One layer per setting that a `SIGNALBOX_*` variable gives: `retries.max` is `SIGNALBOX_RETRIES_MAX`. */
export function variableLayer(defaults: object, variables: Variables): readonly Layer[] {
  return scalarPaths(defaults).flatMap(([path, example]) => {
    const name = variableName(path);
    const text = variables.get(name);
    if (text === undefined) return [];
    const from = variables.originOf(name) === '.env' ? `${name} in .env` : name;
    return [{ from, values: nest(path, typeof example === 'number' ? toNumber(name, text) : text) }];
  });
}

export function variableName(path: readonly string[]): string {
  return `SIGNALBOX_${path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`;
}

function scalarPaths(values: object, prefix: readonly string[] = []): [string[], string | number][] {
  return Object.entries(values).flatMap(([key, value]): [string[], string | number][] => {
    if (typeof value === 'string' || typeof value === 'number') return [[[...prefix, key], value]];
    const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isBranch ? scalarPaths(value as object, [...prefix, key]) : [];
  });
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && text.trim() !== '') return value;
  throw new ConfigError(`expected ${name} to be a number, got \`${text}\``);
}

function nest([key, ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  return { [key as string]: rest.length === 0 ? value : nest(rest, value) };
}
