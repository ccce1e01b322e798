import type { Kysely } from 'kysely';
import type { AuditEntry } from '../../engine/model/memory-change.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { Schema } from '../schema.ts';

/** What was changed by hand about a component, newest first. */
export async function readAudit(
  database: Kysely<Schema>,
  { environment, dag }: Scope,
  component: string,
  limit: number,
): Promise<readonly AuditEntry[]> {
  return await database
    .selectFrom('audit')
    .select(['at', 'who', 'action'])
    .where('environment', '=', environment)
    .where('dag', '=', dag)
    .where('component', '=', component)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
}
