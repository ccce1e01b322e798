import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config/load.ts';
import { applyOverlay } from '../../config/overlay.ts';
import { describeDag } from '../api/describe-dag.ts';
import { runningEngineEntry } from '../load/engine-entry.ts';
import type { DagFolder } from '../load/find-dags.ts';
import type { LoadedDag } from '../load/load-dag.ts';
import { resolveDag } from '../load/resolve-dag.ts';
import type { Dag } from '../model/component.ts';
import { isByCode, versionByCode } from './code-version.ts';
import type { ReadyDag } from './engine.ts';
import { EngineError } from './engine-error.ts';

export function dagFolderOf({ projectDirectory, home }: Pick<Config, 'projectDirectory' | 'home'>): DagFolder {
  return {
    directory: join(projectDirectory, 'dags'),
    cacheDirectory: join(home, 'cache', 'dags'),
    engineEntry: runningEngineEntry(),
  };
}

/** Loads a DAG by name, or takes one made in this process; lays the environment over it. */
export async function readyDag(named: string | Dag, config: Config): Promise<ReadyDag> {
  if (typeof named !== 'string') return readyInline(named, config);
  return readyLoaded(await resolveDag(named, dagFolderOf(config)), config);
}

export function readyLoaded(loaded: LoadedDag, { settings }: Config): ReadyDag {
  const { dag, definition, version, codeDigest, bundle } = loaded;
  return { dag: versionByCode(applyOverlay(dag, settings), codeDigest), version, definition, bundle };
}

/** A function of this process cannot be sent to another one. */
function readyInline(dag: Dag, config: Config): ReadyDag {
  const isolated = dag.components.find(({ isolation }) => isolation === 'process');
  if (isolated) {
    const message = `expected every component of a DAG made in this process to be \`isolation: 'inline'\`, ${isolated.id} is not`;
    const hint =
      'Put the DAG into a file of its own and pass the path: its components can then be stopped for certain.';
    throw new EngineError(message, { hint, exitCode: 2 });
  }
  const byCode = dag.components.find(isByCode);
  if (byCode) {
    const message = `expected a DAG made in this process to have versions of its own, got \`code\` of ${byCode.id}`;
    throw new EngineError(message, { hint: 'Only the code of a DAG file can be told by its digest.', exitCode: 2 });
  }
  const definition = describeDag(dag);
  const version = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return { dag: applyOverlay(dag, config.settings), version, definition };
}
