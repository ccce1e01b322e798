import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EngineEntry } from './engine-entry.ts';
import { type LoadedDag, loadDag } from './load-dag.ts';
import { LoadError } from './load-error.ts';

export interface DagFolder {
  /** Folder of the DAG files. */
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly engineEntry: EngineEntry;
}

export interface FoundDags {
  readonly dags: readonly LoadedDag[];
  /** One broken file does not hide the others. */
  readonly errors: readonly LoadError[];
}

/** Loads every DAG file of a folder, in the order of their names. */
export async function findDags(folder: DagFolder): Promise<FoundDags> {
  const dags = new Map<string, LoadedDag>();
  const errors: LoadError[] = [];
  for (const file of dagFiles(folder.directory)) {
    try {
      const loaded = await loadDag({ ...folder, file });
      const other = dags.get(loaded.dag.id);
      if (other === undefined) dags.set(loaded.dag.id, loaded);
      else errors.push(clash(other, loaded));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      errors.push(error);
    }
  }
  return { dags: [...dags.values()], errors };
}

/** Absolute paths, sorted. Throws a LoadError when there is no such folder. */
function dagFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .toSorted()
      .map((name) => resolve(directory, name));
  } catch (cause) {
    const hint = 'make the folder, with a file such as `example.ts` that exports a DAG';
    throw new LoadError('expected a folder of DAG files, found none', { file: resolve(directory), hint, cause });
  }
}

function clash(first: LoadedDag, second: LoadedDag): LoadError {
  const message = `expected the ids of DAGs to differ, got \`${first.dag.id}\` in ${first.file} and in ${second.file}`;
  return new LoadError(message, { file: second.file, hint: 'give one of them another id' });
}
