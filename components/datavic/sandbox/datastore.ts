import type { SandboxRequest } from 'signalbox';
import type { CataloguePackage, CatalogueTable } from './catalogue.ts';
import { ActionError, wholeNumber } from './parameters.ts';

const defaultLimit = 100;
/** Applied without a word; only the echoed `limit` tells. */
const limitMax = 32_000;

type DatastoreRecord = Readonly<Record<string, string | number>>;

/** `datastore_search`: pages of a table as text, with `_id` and, where `q` was asked, `rank`. */
export function searchDatastore(call: {
  readonly packages: readonly CataloguePackage[];
  readonly asked: URLSearchParams;
  readonly request: SandboxRequest;
}): unknown {
  const { asked, request } = call;
  const table = findTable(call.packages, asked.get('resource_id'));
  requireOrderOfRows(asked.get('sort'));
  const limit = Math.min(wholeNumber(asked, 'limit', defaultLimit), limitMax);
  const offset = wholeNumber(asked, 'offset', 0);
  const found = recordsOf(table, asked.get('q'));
  return {
    include_total: true,
    limit,
    ...(asked.has('offset') ? { offset } : {}),
    ...(asked.has('q') ? { q: asked.get('q') } : {}),
    records_format: 'objects',
    resource_id: asked.get('resource_id'),
    total_estimation_threshold: null,
    records: found.slice(offset, offset + limit),
    fields: [{ id: '_id', type: 'int' }, ...table.columns.map((id) => ({ id, type: 'text' }))],
    _links: links(request, asked, offset, limit),
    total: found.length,
    total_was_estimated: false,
  };
}

function findTable(packages: readonly CataloguePackage[], id: string | null): CatalogueTable {
  if (!id) throw ActionError.validation({ resource_id: ['Missing value'] });
  const table = packages.flatMap(({ resources }) => resources).find((one) => one.id === id)?.table;
  if (!table) throw ActionError.notFound(`Not found: Resource "${id}" was not found.`);
  return table();
}

/** Rows lie in the order of `_id`; no other order is kept here. */
function requireOrderOfRows(sort: string | null): void {
  if (sort === null || /^"?_id"?( asc)?$/.test(sort)) return;
  throw ActionError.validation({ sort: ['the sandbox sorts by _id only'] });
}

function recordsOf({ columns, rows }: CatalogueTable, q: string | null): readonly DatastoreRecord[] {
  const words = (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isFound = (row: readonly string[]) => words.every((word) => row.join(' ').toLowerCase().includes(word));
  return rows.flatMap((row, index) => {
    if (!isFound(row)) return [];
    const values = columns.map((column, place) => [column, row[place] ?? ''] as const);
    return [{ _id: index + 1, ...Object.fromEntries(values), ...(words.length > 0 ? { rank: 0.0573088 } : {}) }];
  });
}

/** `next` is there on the last page too: `total` says where the end is. */
function links({ baseUrl, path }: SandboxRequest, asked: URLSearchParams, offset: number, limit: number) {
  const at = (position: number) => {
    const query = new URLSearchParams(asked);
    query.delete('offset');
    if (position > 0) query.set('offset', String(position));
    return `${new URL(baseUrl).pathname}${path}?${query.toString()}`;
  };
  const previous = offset > 0 ? { prev: at(Math.max(0, offset - limit)) } : {};
  return { start: at(0), ...previous, next: at(offset + limit) };
}
