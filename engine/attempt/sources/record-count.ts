import { landSource } from '../../../components/http/land.ts';
import { sourceFailure } from '../../model/failure.ts';
import { showValue } from '../../model/problem.ts';
import type { RecordCountSource } from '../../model/source.ts';
import { climb } from './climb.ts';
import { landOptionsOf } from './http.ts';
import { atPointer } from './json-pointer.ts';
import { keptBodies } from './kept-bodies.ts';
import type { Asking, Prober } from './prober.ts';
import { pagesProblems, requestProblems } from './problems.ts';

export const recordCountProber: Prober<RecordCountSource> = {
  options: ['kind', 'id', 'auditEvery', 'request', 'count', 'content'],
  lands: true,
  problemsOf: ({ request, count, content }, path) => [
    ...requestProblems(request, `${path}.request`),
    ...(isCount(count)
      ? []
      : [{ path: `${path}.count`, expected: 'a JSON pointer such as /total, or a function', got: showValue(count) }]),
    ...(content === undefined ? [] : pagesProblems(content, `${path}.content`)),
  ],
  ask: (source, asking) => {
    const validator = () => countRecords(source, asking);
    const { id, content } = source;
    if (!content) return climb(id, { validator }, asking);
    const read = () => landSource({ id, ...content }, { ...landOptionsOf(asking), reading: 'content' });
    return climb(id, { validator, content: read, kept: (previous) => keptBodies(previous, asking.landing) }, asking);
  },
};

function isCount(count: unknown): boolean {
  return typeof count === 'function' || (typeof count === 'string' && (count === '' || count.startsWith('/')));
}

async function countRecords({ id, request, count }: RecordCountSource, { http }: Asking): Promise<number> {
  const { body } = await http.json(request);
  const found = typeof count === 'function' ? count(body) : atPointer(body, count);
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  const where = typeof count === 'string' ? ` at ${count || 'the root'}` : '';
  throw sourceFailure(`source \`${id}\`: expected a number of records${where}, got ${showValue(found)}`);
}
