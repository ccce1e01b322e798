import type { Kysely } from 'kysely';
import type { ExplainedSlot } from '../../engine/model/explanation.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { Schema } from '../schema.ts';

/** What became of the newest slots of a DAG and of one of its components, newest first. */
export async function readSlots(
  database: Kysely<Schema>,
  { environment, dag }: Scope,
  component: string,
  limit: number,
): Promise<readonly ExplainedSlot[]> {
  return await database
    .selectFrom('slot')
    .select([
      'component',
      'slot',
      'slot_to as to',
      'count',
      'status',
      'reason',
      'run_id as runId',
      'not_before as notBefore',
    ])
    .where('environment', '=', environment)
    .where('dag', '=', dag)
    .where('component', 'in', ['', component])
    .orderBy('slot', 'desc')
    .limit(limit)
    .execute();
}
