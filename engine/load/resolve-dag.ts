import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { didYouMean } from '../model/suggest.ts';
import { type DagFolder, findDags } from './find-dags.ts';
import { type LoadedDag, loadDag } from './load-dag.ts';
import { LoadError } from './load-error.ts';

/** Loads the DAG that somebody named: by its id, or by the path of its file. Throws a LoadError. */
export async function resolveDag(name: string, folder: DagFolder): Promise<LoadedDag> {
  if (/[\\/]|\.ts$/.test(name)) return await loadDag({ ...folder, file: name });
  // A file is named like its DAG, as a rule: then no other file is loaded.
  const likely = join(folder.directory, `${name}.ts`);
  if (existsSync(likely)) {
    const loaded = await loadDag({ ...folder, file: likely });
    if (loaded.dag.id === name) return loaded;
  }
  const { dags, errors } = await findDags(folder);
  return dags.find(({ dag }) => dag.id === name) ?? refuse(name, folder, dags, errors);
}

function refuse(name: string, folder: DagFolder, dags: readonly LoadedDag[], errors: readonly LoadError[]): never {
  const ids = dags.map(({ dag }) => dag.id);
  const known = ids.length === 0 ? 'none' : ids.map((id) => `\`${id}\``).join(', ');
  const broken = errors.map(({ where }) => `; ${where} does not load`).join('');
  const message = `expected the id of a DAG, got \`${name}\`; known here: ${known}${broken}`;
  throw new LoadError(message, { file: resolve(folder.directory), hint: didYouMean(name, ids) });
}
