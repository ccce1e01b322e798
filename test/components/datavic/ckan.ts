import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Origin } from '../../harness/origin.ts';

export interface CkanTable {
  readonly headings: readonly string[];
  readonly records: readonly Readonly<Record<string, string | null>>[];
}

export interface CkanOptions {
  /** What the server gives at most, in silence. */
  readonly cap?: number;
}

const action = '/api/3/action';

/** A file as the datastore holds it: every value text. */
export function readCsv(path: string): CkanTable {
  const records = parse(readFileSync(path), { columns: true, bom: false }) as CkanTable['records'];
  return { headings: Object.keys(records[0] ?? {}), records };
}

/** Lets an origin answer `datastore_search` for one resource as CKAN does. */
export function serveTable(
  origin: Origin,
  resourceId: string,
  table: CkanTable,
  { cap = 32_000 }: CkanOptions = {},
): void {
  origin.route(`${action}/datastore_search`, ({ query }) => {
    if (query.get('resource_id') !== resourceId) return notFound();
    const limit = Math.min(Number(query.get('limit') ?? 100), cap);
    const offset = Number(query.get('offset') ?? 0);
    const numbered = table.records.map((record, index) => ({ _id: index + 1, ...record }));
    return json(200, {
      help: `${origin.url}${action}/help_show?name=datastore_search`,
      success: true,
      result: {
        include_total: true,
        limit,
        offset,
        resource_id: resourceId,
        fields: [{ id: '_id', type: 'int' }, ...table.headings.map((id) => ({ id, type: 'text' }))],
        records: numbered.slice(offset, offset + limit),
        // Stands on the last page, too.
        _links: { next: `${action}/datastore_search?offset=${offset + limit}&resource_id=${resourceId}` },
        total: table.records.length,
      },
    });
  });
}

export interface CkanResource {
  readonly id: string;
  readonly last_modified?: string;
  readonly format?: string;
}

/** Lets an origin answer `package_show`; any other name is not found. */
export function servePackages(
  origin: Origin,
  packages: Readonly<Record<string, readonly CkanResource[]>>,
  metadataModified = '2026-01-01T00:00:00',
): void {
  origin.route(`${action}/package_show`, ({ query }) => {
    const name = query.get('id') ?? '';
    const resources = packages[name];
    if (!resources) return notFound();
    const described = resources.map((resource) => ({
      format: 'CSV',
      datastore_active: true,
      created: '2024-01-01T00:00:00.000000',
      name: `${resource.id} of ${name}`,
      url: `${origin.url}/download/${resource.id}.csv`,
      ...resource,
    }));
    const result = { name, metadata_modified: metadataModified, num_resources: described.length, resources: described };
    return json(200, { help: `${origin.url}${action}/help_show?name=package_show`, success: true, result });
  });
}

function notFound() {
  return json(404, { success: false, error: { __type: 'Not Found Error', message: 'Not found' } });
}

function json(status: number, body: object) {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
