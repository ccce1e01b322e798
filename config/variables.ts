import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.ts';

/** Variables by name, and which file or environment each came from. The process's own win over `.env`. */
export interface Variables {
  get(name: string): string | undefined;
  originOf(name: string): 'environment' | '.env' | undefined;
  /** Of those that have a value, all that begin with this. */
  namesWith(prefix: string): readonly string[];
}

export function readVariables(projectDirectory: string, environment: NodeJS.ProcessEnv): Variables {
  const file = readDotEnv(join(projectDirectory, '.env'));
  return {
    get: (name) => present(environment[name]) ?? present(file[name]),
    originOf: (name) => {
      if (present(environment[name]) !== undefined) return 'environment';
      return present(file[name]) === undefined ? undefined : '.env';
    },
    namesWith: (prefix) =>
      Object.keys({ ...file, ...environment }).filter(
        (name) => name.startsWith(prefix) && present(environment[name] ?? file[name]) !== undefined,
      ),
  };
}

/** A secret by name; `<NAME>_FILE` names a file that holds it, as container platforms mount them. */
export function readSecret(name: string, variables: Variables): string | undefined {
  const value = variables.get(name);
  const file = variables.get(`${name}_FILE`);
  if (value !== undefined || file === undefined) return value;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (cause) {
    throw new ConfigError(`could not read ${name}_FILE: ${(cause as Error).message}`, { exitCode: 78 });
  }
}

function readDotEnv(path: string): NodeJS.Dict<string> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

/** An empty variable is as good as none: that is what an unset line of a template leaves. */
function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
