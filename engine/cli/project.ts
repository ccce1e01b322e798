import { type Config, loadConfig, loadProject, type Project } from '../../config/load.ts';
import { openState, type State } from '../../state/open-state.ts';
import { dagFolderOf } from '../embed/ready-dag.ts';
import { type FoundDags, findDags } from '../load/find-dags.ts';
import type { LoadedDag } from '../load/load-dag.ts';
import { resolveDag } from '../load/resolve-dag.ts';

/** What commands need of the project around them, each opened where it is needed. */

export async function allDags(): Promise<FoundDags> {
  return await findDags(dagFolderOf(loadProject()));
}

export async function namedDag(name: string): Promise<LoadedDag> {
  return await resolveDag(name, dagFolderOf(loadProject()));
}

/** For a DAG without a history: a name that no file has either is a mistake. Throws a LoadError with what was meant. */
export async function requireKnown(name: string | undefined): Promise<void> {
  if (name !== undefined) await namedDag(name);
}

/** Lends the state to `work`; the embedded server is started for that when it does not run. */
export async function withState<Result>(
  project: Pick<Project, 'home' | 'databaseUrl'>,
  work: (state: State) => Promise<Result>,
  options: { readonly migrate?: boolean } = {},
): Promise<Result> {
  const { home, databaseUrl } = project;
  const state = await openState({ home, ...options, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}

/** The same for what was recorded in one environment. */
export async function withEnvironment<Result>(
  environment: string,
  work: (state: State, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig({ environment });
  return await withState(config, (state) => work(state, config));
}
