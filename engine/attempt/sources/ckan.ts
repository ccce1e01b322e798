import { nextPage } from '../../../components/http/ckan/next-page.ts';
import { rowsRequest } from '../../../components/http/ckan/requests.ts';
import { landSource } from '../../../components/http/land.ts';
import type { LandedBody } from '../../model/http.ts';
import type { CkanSource } from '../../model/source.ts';
import { climb } from './climb.ts';
import { landOptionsOf } from './http.ts';
import { keptBodies } from './kept-bodies.ts';
import type { Asking, Prober } from './prober.ts';
import { addressProblems, textProblems } from './problems.ts';

export const ckanProber: Prober<CkanSource> = {
  options: ['kind', 'id', 'auditEvery', 'url', 'package', 'resource', 'headers'],
  lands: true,
  problemsOf: ({ url, resource, package: name }, path) => [
    ...addressProblems(url, `${path}.url`),
    ...textProblems(name, `${path}.package`, 'the name of a package'),
    ...textProblems(resource, `${path}.resource`, 'the id of a resource'),
  ],
  ask: (source, asking) =>
    climb(
      source.id,
      {
        validator: () => stateOf(source, asking),
        content: () => landRows(source, asking),
        kept: (previous) => keptBodies(previous, asking.landing),
      },
      asking,
    ),
};

async function stateOf(source: CkanSource, { http }: Asking) {
  const { resourceState } = await import('../../../components/http/ckan/state.ts');
  return resourceState(http, source, source.package, source.resource);
}

/** Like CKAN's, answers of datastores carry no validators: the pages are read, and their rows digested. */
function landRows(source: CkanSource, asking: Asking) {
  const pages = {
    id: source.id,
    request: rowsRequest(source, source.resource, 0),
    next: nextPage(source, source.resource),
    digest: async (body: LandedBody) => (await import('../../../components/http/ckan/rows-digest.ts')).rowsDigest(body),
  };
  return landSource(pages, { ...landOptionsOf(asking), reading: 'content' });
}
