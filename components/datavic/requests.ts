import type { HttpRequest } from 'signalbox';

/** The portal that holds Transport Victoria's packages; data.vic.gov.au forwards to it. */
export const liveBaseUrl = 'https://opendata.transport.vic.gov.au';

/** What CKAN gives at most, whatever is asked for: it cuts in silence and echoes the `limit` it applied. */
const pageRows = 32_000;

/** CKAN says what is wrong in the body of these; the decoder turns it into a failure. */
const explainedStatus = [400, 403, 404, 409];

export function packageRequest(baseUrl: string, name: string): HttpRequest {
  return action(baseUrl, 'package_show', { id: name });
}

/** A page of a resource's rows. Sorted, because pages of an unsorted query may overlap. */
export function rowsRequest(baseUrl: string, resourceId: string, offset: number): HttpRequest {
  const page = { resource_id: resourceId, limit: String(pageRows), offset: String(offset), sort: '_id' };
  return action(baseUrl, 'datastore_search', page);
}

function action(baseUrl: string, name: string, parameters: Readonly<Record<string, string>>): HttpRequest {
  return {
    url: `${baseUrl}/api/3/action/${name}?${new URLSearchParams(parameters).toString()}`,
    headers: { Accept: 'application/json' },
    acceptStatus: explainedStatus,
  };
}
