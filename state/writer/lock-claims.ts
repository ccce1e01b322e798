import { createHash } from 'node:crypto';
import type { Scope } from '../../engine/model/ports.ts';

/**
 * Begins a transaction in which nobody else takes or changes claims of the DAG. Two DAGs that share a key by chance only
 * wait for each other.
 */
export function lockClaims({ environment, dag }: Scope): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(['signalbox claim', environment, dag]))
    .digest();
  return `begin; select pg_advisory_xact_lock(${digest.readBigInt64BE()})`;
}
