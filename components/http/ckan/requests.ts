import type { HttpRequest } from 'signalbox';

/** A CKAN portal: its address without `/api/3/action`, and what every request carries. */
export interface Portal {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What CKAN gives at most, whatever is asked for: it cuts in silence and echoes the `limit` it applied. */
const pageRows = 32_000;

/** Of one answer. A page of 32,000 rows has about a kilobyte for each. */
const pageBytesMax = 32 * 1024 ** 2;

/** CKAN says what is wrong in the body of these; the decoder turns it into a failure. */
const explainedStatus = [400, 403, 404, 409];

export function packageRequest(portal: Portal, name: string): HttpRequest {
  return action(portal, 'package_show', { id: name });
}

/** No rows, but their `total`. */
export function countRequest(portal: Portal, resourceId: string): HttpRequest {
  return action(portal, 'datastore_search', { resource_id: resourceId, limit: '0' });
}

/** A page of a resource's rows. Sorted, because pages of an unsorted query may overlap. */
export function rowsRequest(portal: Portal, resourceId: string, offset: number): HttpRequest {
  const page = { resource_id: resourceId, limit: String(pageRows), offset: String(offset), sort: '_id' };
  return action(portal, 'datastore_search', page);
}

function action({ url, headers }: Portal, name: string, parameters: Readonly<Record<string, string>>): HttpRequest {
  return {
    url: `${url}/api/3/action/${name}?${new URLSearchParams(parameters).toString()}`,
    headers: { Accept: 'application/json', ...headers },
    maxBytes: pageBytesMax,
    acceptStatus: explainedStatus,
  };
}
