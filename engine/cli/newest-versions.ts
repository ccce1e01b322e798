import type { DatasetVersion } from '../model/dataset.ts';
import { requireKnown, withEnvironment } from './project.ts';

export interface NewestFlags {
  readonly env: string;
  readonly dag?: string;
}

export interface NewestVersions {
  /** What `path` of each version is relative to. */
  readonly storageRoot: string;
  readonly newest: readonly DatasetVersion[];
}

/** The newest version of each dataset as the manifest has it; what lies in the folder does not count. */
export function newestVersions({ env, dag }: NewestFlags): Promise<NewestVersions> {
  return withEnvironment(env, async ({ history }, { storageRoot }) => {
    const datasets = await history.listDatasets({ environment: env, ...(dag === undefined ? {} : { dag }) });
    if (datasets.length === 0) await requireKnown(dag);
    return { storageRoot, newest: datasets.map(({ newest }) => newest) };
  });
}
