import { basename, dirname } from 'node:path';
import type { DagFolder } from './find-dags.ts';
import type { LoadedDag } from './load-dag.ts';

/** A file that is not named like its DAG, if it lies where DAGs are looked up by name. */
export interface MisnamedFile {
  readonly file: string;
  readonly message: string;
  readonly hint: string;
}

export function misnamedFiles(
  dags: readonly Pick<LoadedDag, 'dag' | 'file'>[],
  { directory }: Pick<DagFolder, 'directory'>,
): readonly MisnamedFile[] {
  return dags
    .filter(({ dag, file }) => dirname(file) === directory && basename(file) !== `${dag.id}.ts`)
    .map(({ dag, file }) => ({
      file,
      message: `expected a file that is named like its DAG, \`${dag.id}\`, got \`${basename(file)}\``,
      hint: `Name it \`${dag.id}.ts\`: the DAG is then found without loading every other file.`,
    }));
}
