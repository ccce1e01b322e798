import type { Reading, Source } from '../model/source.ts';
import type { AuditTerms } from '../model/trust.ts';

/**
 * How a source is to be read: one that lied always by its content; of the others every n-th answer that the cheap rung
 * alone would give. Sources begin their counts apart, by their names, so that not all of a DAG are audited in one run.
 */
export function readingOf(source: Pick<Source, 'id' | 'auditEvery'>, component: string, terms: AuditTerms): Reading {
  if (terms.trust[source.id]?.demotedSince !== undefined) return 'audit';
  const every = source.auditEvery ?? terms.every;
  if (every === 0) return 'validators';
  return (terms.skips + 1 + offsetOf(`${component} ${source.id}`)) % every === 0 ? 'audit' : 'validators';
}

/** FNV-1a, 32 bits: spread evenly is all that it has to be, and it is asked for each source of each run. */
function offsetOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
