/** A row `d` of dataset_version under the names of `DatasetVersion`. */
export const datasetColumns = `d.id, d.environment, d.dag, d.component, d.component_run_id as "componentRunId", d.dataset, d.path,
  d.rows, d.bytes, d.sha256, d.digest, d.schema, d.published_at as "publishedAt", d.evidence`;
