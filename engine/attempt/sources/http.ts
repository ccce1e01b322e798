import { landSource } from '../../../components/http/land.ts';
import type { HttpSource } from '../../model/source.ts';
import type { Asking, Prober } from './prober.ts';
import { pageFunctionProblems, requestProblems } from './problems.ts';

export const httpProber: Prober<HttpSource> = {
  options: ['kind', 'id', 'auditEvery', 'request', 'next', 'digest'],
  lands: true,
  problemsOf: (written, path) => [
    ...requestProblems(written.request, `${path}.request`),
    ...pageFunctionProblems(written, path),
  ],
  ask: (source, asking) => landSource(source, landOptionsOf(asking)),
};

/** How pages are landed for a source that is asked like this. */
export function landOptionsOf({ http, landing, previous, reading }: Asking) {
  return { http, directory: landing, reading, ...(previous ? { previous } : {}) };
}
