import type { DatasetVersion } from '../model/dataset.ts';
import { programName } from '../model/program.ts';
import { didYouMean } from '../model/suggest.ts';
import { UsageError } from './usage-error.ts';

/** The newest version of the dataset that somebody named. Two DAGs may each have one of that name. */
export function findDataset(
  name: string,
  newest: readonly DatasetVersion[],
  { env, dag }: { readonly env: string; readonly dag?: string },
): DatasetVersion {
  const found = newest.filter(({ dataset }) => dataset === name);
  const [first, second] = found;
  if (first && !second) return first;
  const place = dag === undefined ? `environment ${env}` : `environment ${env} and DAG ${dag}`;
  if (first) {
    const dags = found.map((version) => version.dag).join(', ');
    throw new UsageError(
      `expected one dataset \`${name}\` in ${place}, got one in each of ${dags}`,
      'Choose with --dag.',
    );
  }
  const known = newest.map(({ dataset }) => dataset);
  const hint = didYouMean(name, known) ?? `\`${programName} data list\` shows what there is.`;
  throw new UsageError(`expected a dataset of ${place}, got \`${name}\``, hint);
}
