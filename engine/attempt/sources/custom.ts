import { digestOf } from '../../decide/canonical.ts';
import { sourceFailure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { CustomSource } from '../../model/source.ts';
import { bodiless, climb } from './climb.ts';
import type { Prober } from './prober.ts';
import { functionProblems } from './problems.ts';

export const customProber: Prober<CustomSource> = {
  options: ['kind', 'id', 'auditEvery', 'probe', 'content'],
  lands: false,
  problemsOf: ({ probe, content }, path) => [
    ...functionProblems(probe, `${path}.probe`),
    ...(content === undefined ? [] : functionProblems(content, `${path}.content`)),
  ],
  ask: ({ id, probe, content }, asking) => {
    const { http, signal } = asking;
    const validator = async () => asJson(await probe({ http, signal }), id, 'probe');
    if (!content) return climb(id, { validator }, asking);
    const read = async () => {
      const digest = digestOf(asJson(await content({ http, signal }), id, 'content'));
      return bodiless({ source: id, parts: [{ digest, bytes: 0, notModified: false }] });
    };
    return climb(id, { validator, content: read }, asking);
  },
};

/** As it will be once it is stored; undefined and functions would be equal to anything. */
function asJson(value: unknown, id: string, option: string): Json {
  const text = JSON.stringify(value) as string | undefined;
  if (text !== undefined) return JSON.parse(text) as Json;
  const message = `source \`${id}\`: expected \`${option}\` to resolve to JSON, got ${typeof value}`;
  throw sourceFailure(message, { retryable: false });
}
