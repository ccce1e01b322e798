import type { SandboxRequest, SandboxResponse } from 'signalbox';
import { jsonResponse } from '../../sandbox/response.ts';
import type { Catalogue, CataloguePackage } from './catalogue.ts';
import { searchDatastore } from './datastore.ts';
import { packageBody } from './package-body.ts';
import { ActionError, wholeNumber } from './parameters.ts';

interface Call {
  readonly packages: readonly CataloguePackage[];
  readonly asked: URLSearchParams;
  readonly request: SandboxRequest;
}

const actions: Readonly<Record<string, (call: Call) => unknown>> = {
  package_show: showPackage,
  package_search: searchPackages,
  datastore_search: searchDatastore,
};

const root = '/api/3/action/';

/** CKAN's action API: `{help, success, result}`, or `{help, success: false, error: {__type, …}}` with 404 or 409. */
export async function answerAction(request: SandboxRequest, catalogue: Catalogue): Promise<SandboxResponse> {
  const name = request.path.startsWith(root) ? request.path.slice(root.length) : '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return jsonResponse(400, `Bad request - Action name not known: ${name}`);
  const help = `${request.baseUrl}${root}help_show?name=${name}`;
  const asked = new URLSearchParams(request.query);
  try {
    return jsonResponse(200, { help, success: true, result: action({ packages: await catalogue(), asked, request }) });
  } catch (refusal) {
    if (!(refusal instanceof ActionError)) throw refusal;
    return jsonResponse(refusal.status, { help, success: false, error: refusal.body });
  }
}

/** By name, which stays, or by id. */
function showPackage({ packages, asked, request }: Call): unknown {
  const id = asked.get('id') ?? asked.get('name_or_id');
  if (!id) throw ActionError.validation({ name_or_id: ['Missing value'] });
  const bodies = packages.map((one) => packageBody(one, request.baseUrl));
  const found = bodies.find((body) => body.name === id || body.id === id);
  if (!found) throw ActionError.notFound('Not found');
  return found;
}

/** Every word of `q` has to occur in the name or title. 10 rows unless told, never more than 1,000. */
function searchPackages({ packages, asked, request }: Call): unknown {
  const rows = Math.min(wholeNumber(asked, 'rows', 10), 1_000);
  const start = wholeNumber(asked, 'start', 0);
  const words = (asked.get('q') ?? '*:*')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '*:*');
  const found = packages.filter(({ name, title }) =>
    words.every((word) => `name:${name} ${title}`.toLowerCase().includes(word)),
  );
  const results = found.slice(start, start + rows).map((one) => packageBody(one, request.baseUrl));
  return { count: found.length, facets: {}, results, search_facets: {}, sort: 'score desc, metadata_modified desc' };
}
