import { digestOf } from '../../decide/canonical.ts';
import { FailureError } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { SqlSource } from '../../model/source.ts';
import { didYouMean } from '../../model/suggest.ts';
import { bodiless, climb } from './climb.ts';
import type { Asking, Prober } from './prober.ts';
import { textProblems } from './problems.ts';

export const sqlProber: Prober<SqlSource> = {
  options: ['kind', 'id', 'auditEvery', 'secret', 'watermark', 'content'],
  lands: false,
  problemsOf: ({ secret, watermark, content }, path) => [
    ...textProblems(secret, `${path}.secret`, 'the name of a declared secret that holds a postgres:// URL'),
    ...textProblems(watermark, `${path}.watermark`, 'a query that gives one row'),
    ...(content === undefined ? [] : textProblems(content, `${path}.content`, 'a query that gives one row')),
  ],
  ask: (source, asking) => {
    const { id, watermark, content } = source;
    const validator = () => readRow(source, watermark, asking);
    if (content === undefined) return climb(id, { validator }, asking);
    const read = async () => {
      const digest = digestOf(await readRow(source, content, asking));
      return bodiless({ source: id, parts: [{ digest, bytes: 0, notModified: false }] });
    };
    return climb(id, { validator, content: read }, asking);
  },
};

/** Most components never ask a database: the driver is loaded for those that do. */
async function readRow({ id, secret }: SqlSource, query: string, asking: Asking): Promise<Json> {
  const url = asking.secrets[secret];
  if (url === undefined) throw undeclared(id, secret, Object.keys(asking.secrets));
  const { askOneRow } = await import('./postgres/ask-one-row.ts');
  return askOneRow({ source: id, secret, url, query, network: asking.network, signal: asking.signal });
}

function undeclared(id: string, secret: string, declared: readonly string[]): FailureError {
  const hint = didYouMean(secret, declared) ?? `Add '${secret}' to \`secrets\` of the component.`;
  const message = `source \`${id}\`: expected \`secret\` to name a declared secret, got \`${secret}\``;
  return new FailureError({ class: 'error', message, hint, retryable: false });
}
