import type { Client } from 'pg';
import type { NewRun } from '../../engine/model/ports.ts';
import { isAtWork, isWaiting, slotRuns } from '../backfill-slots.ts';

/** Takers of one backfill go one after another: only then does the count show all that was taken before. */
const lockText = "select max_active from signalbox.backfill where id = $1 and status = 'running' for update";

const takeText = `
update signalbox.backfill_slot t set run_id = $3
where t.backfill_id = $1 and t.slot = $2 and (t.run_id = $3 or (
  exists (select from ${slotRuns} where s.backfill_id = $1 and s.slot = $2 and ${isWaiting})
  and (select count(*) from ${slotRuns} where s.backfill_id = $1 and ${isAtWork}) < $4))`;

/** In the transaction that makes the run. False when the slot has a run, or the backfill as many as it may have. */
export async function takeBackfillSlot(client: Client, run: NewRun, backfill: string): Promise<boolean> {
  const { rows } = await client.query<{ max_active: number }>(lockText, [backfill]);
  const [found] = rows;
  if (!found) return false;
  return (await client.query(takeText, [backfill, run.slot, run.id, found.max_active])).rowCount === 1;
}
