import { uuidOf } from '../../sandbox/random.ts';
import type { CataloguePackage, CatalogueResource } from './catalogue.ts';

/** A package as `package_show` gives it. */
export function packageBody(one: CataloguePackage, baseUrl: string) {
  const id = uuidOf('datavic', one.name);
  const modified = ckanTime(one.metadataModifiedMs);
  return {
    id,
    name: one.name,
    title: one.title,
    notes: 'Generated data, or files that were given to the sandbox.',
    type: 'dataset',
    state: 'active',
    private: false,
    license_id: 'cc-by',
    license_title: 'Creative Commons Attribution 4.0 International',
    metadata_created: '2024-01-31T00:00:00.000000',
    metadata_modified: modified,
    num_resources: one.resources.length,
    num_tags: 0,
    tags: [],
    groups: [],
    resources: one.resources.map((resource, position) => resourceBody(resource, { id, position, modified, baseUrl })),
  };
}

interface Place {
  readonly id: string;
  readonly position: number;
  readonly modified: string;
  readonly baseUrl: string;
}

function resourceBody(resource: CatalogueResource, { id, position, modified, baseUrl }: Place) {
  const time = ckanTime(resource.modifiedMs);
  return {
    id: resource.id,
    package_id: id,
    position,
    name: resource.name,
    description: '',
    format: resource.format,
    url: `${baseUrl}/dataset/${id}/resource/${resource.id}/download/${resource.file}`,
    url_type: 'upload',
    state: 'active',
    datastore_active: resource.table !== undefined,
    size: resource.bytes,
    created: time,
    last_modified: time,
    metadata_modified: modified,
  };
}

/** CKAN writes UTC to the microsecond and does not say that it is UTC. */
function ckanTime(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('Z', '000');
}
