import type { Kysely } from 'kysely';
import type { DatasetVersion } from '../../engine/model/dataset.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { Schema } from '../schema.ts';

export interface DatasetOverview {
  readonly newest: DatasetVersion;
  /** How many versions there are. */
  readonly versions: number;
}

export async function listDatasets(
  database: Kysely<Schema>,
  filter: Pick<Scope, 'environment'> & Partial<Scope>,
): Promise<readonly DatasetOverview[]> {
  let query = selectVersions(database)
    .distinctOn(['dataset_version.dag', 'dataset_version.dataset'])
    .select(({ fn }) =>
      fn
        .countAll<number>()
        .over((over) => over.partitionBy(['dataset_version.dag', 'dataset_version.dataset']))
        .as('versions'),
    )
    .where('dataset_version.environment', '=', filter.environment)
    .orderBy('dataset_version.dag')
    .orderBy('dataset_version.dataset')
    .orderBy('dataset_version.advances', 'desc')
    .orderBy('dataset_version.published_at', 'desc')
    .orderBy('dataset_version.id', 'desc');
  if (filter.dag !== undefined) query = query.where('dataset_version.dag', '=', filter.dag);
  const rows = await query.execute();
  return rows.map(({ versions, ...newest }) => ({ newest, versions }));
}

export async function newestVersion(
  database: Kysely<Schema>,
  scope: Scope,
  dataset: string,
): Promise<DatasetVersion | undefined> {
  return await versionsOf(database, scope, dataset)
    .where('dataset_version.advances', '=', true)
    .limit(1)
    .executeTakeFirst();
}

export async function datasetVersions(
  database: Kysely<Schema>,
  scope: Scope,
  dataset: string,
): Promise<readonly DatasetVersion[]> {
  return await versionsOf(database, scope, dataset).execute();
}

function versionsOf(database: Kysely<Schema>, { environment, dag }: Scope, dataset: string) {
  return selectVersions(database)
    .where('dataset_version.environment', '=', environment)
    .where('dataset_version.dag', '=', dag)
    .where('dataset_version.dataset', '=', dataset)
    .orderBy('dataset_version.published_at', 'desc')
    .orderBy('dataset_version.id', 'desc');
}

function selectVersions(database: Kysely<Schema>) {
  return database
    .selectFrom('dataset_version')
    .select([
      'dataset_version.id',
      'dataset_version.environment',
      'dataset_version.dag',
      'dataset_version.component',
      'dataset_version.component_run_id as componentRunId',
      'dataset_version.dataset',
      'dataset_version.path',
      'dataset_version.rows',
      'dataset_version.bytes',
      'dataset_version.sha256',
      'dataset_version.digest',
      'dataset_version.schema',
      'dataset_version.evidence',
      'dataset_version.published_at as publishedAt',
    ]);
}
