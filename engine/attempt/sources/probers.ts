import type { Source } from '../../model/source.ts';
import { ckanProber } from './ckan.ts';
import { customProber } from './custom.ts';
import { fileProber } from './file.ts';
import { globProber } from './glob/prober.ts';
import { httpProber } from './http.ts';
import type { Prober } from './prober.ts';
import { recordCountProber } from './record-count.ts';
import { sqlProber } from './sql.ts';

/** Every kind of source, in the order in which messages name them. */
export const probers: { readonly [Kind in Source['kind']]: Prober<Extract<Source, { kind: Kind }>> } = {
  http: httpProber,
  file: fileProber,
  glob: globProber,
  ckan: ckanProber,
  recordCount: recordCountProber,
  sql: sqlProber,
  custom: customProber,
};

/** The prober of a source, typed for any: a kind's prober is only ever given sources of that kind. */
export function proberOf(source: Source): Prober<Source> {
  return probers[source.kind] as Prober<Source>;
}
