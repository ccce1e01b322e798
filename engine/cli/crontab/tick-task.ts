import { delimiter } from 'node:path';
import { loadConfig, loadProject } from '../../../config/load.ts';
import type { Variables } from '../../../config/variables.ts';
import { exitCodes } from '../exit-codes.ts';
import { requireEnvironment } from '../require-environment.ts';
import { UsageError } from '../usage-error.ts';

/** What a scheduler of the host is to start, and with which variables: it starts with hardly any of its own. */
export interface TickTask {
  readonly environment: string;
  readonly projectDirectory: string;
  /** Absolute path of Node, and of what it starts. */
  readonly program: readonly [node: string, script: string];
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

export interface TickFlags {
  readonly env?: string;
  readonly ping?: string;
}

/** The task as this shell would start it, but for what must not be written down. */
export function tickTask({ env, ping }: TickFlags): TickTask {
  const environment = requireEnvironment(env);
  const { projectDirectory, variables } = loadProject();
  refuseDatabaseUrl(variables);
  const { origins } = loadConfig({ environment });
  const settings = origins.map(({ from }) => from).filter((from) => /^SIGNALBOX_[A-Z_]+$/.test(from));
  const names = ['PATH', 'SIGNALBOX_HOME', 'NODE_EXTRA_CA_CERTS', ...settings];
  const kept = names.flatMap((name) => {
    const value = variables.originOf(name) === 'environment' ? variables.get(name) : undefined;
    return value === undefined ? [] : [[name, name === 'PATH' ? withoutRepeats(value) : value] as const];
  });
  const pinged = ping === undefined ? [] : ['--ping', ping];
  return {
    environment,
    projectDirectory,
    program: [process.execPath, process.argv[1] ?? 'engine'],
    args: ['tick', '--env', environment, '--quiet', ...pinged],
    variables: Object.fromEntries(kept),
  };
}

/** It holds a password, and a crontab is no place for one; left out, the tick would take the embedded database. */
function refuseDatabaseUrl(variables: Variables): void {
  if (variables.originOf('DATABASE_URL') !== 'environment') return;
  const message = 'expected DATABASE_URL in .env, got it from this shell, which cron will not have';
  throw new UsageError(message, 'Put it into .env beside package.json, and unset it here.', exitCodes.configuration);
}

/** The same search, in fewer of the characters that a line of a crontab may have. */
function withoutRepeats(path: string): string {
  return [...new Set(path.split(delimiter))].join(delimiter);
}
