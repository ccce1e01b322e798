import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/load.ts';
import type { Clock } from '../model/ports.ts';
import { launchSandbox, type Sandbox } from '../sandbox/launch.ts';
import type { SandboxOrder } from '../sandbox/messages.ts';
import type { ReadyDag } from './engine.ts';
import { EngineError } from './engine-error.ts';

/** Starts the sandbox origin when a component that is to run has a part in it; a cold start without one stays cheap. */
export async function openSandbox(
  { dag, bundle }: ReadyDag,
  selected: ReadonlySet<string>,
  config: Config,
  clock: Clock,
  dataDirectory?: string,
): Promise<Sandbox | undefined> {
  const isWanted = dag.components.some(({ id, sandbox }) => sandbox && selected.has(id));
  if (!isWanted) return undefined;
  if (bundle === undefined) {
    throw new EngineError('the sandbox needs a DAG file, got a DAG made in this process', { exitCode: 2 });
  }
  return launchFor(bundle, config, clock, dataDirectory === undefined ? {} : { dataDirectory });
}

/** The origin of a DAG file; what is not given is as the configuration has it. */
export function launchFor(
  bundle: string,
  config: Config,
  clock: Clock,
  given: Partial<Omit<SandboxOrder, 'bundle'>>,
): Promise<Sandbox> {
  const order = {
    bundle,
    seed: config.settings.sandboxSeed,
    date: config.sandboxDate ?? clock.now().toISOString().slice(0, 10),
    port: 0,
    ...given,
  };
  const entry = fileURLToPath(new URL('./sandbox.js', import.meta.url));
  return launchSandbox({ entry, environment: config.childEnvironment, order });
}
