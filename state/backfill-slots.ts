/**
 * Whose run is at work: it has not ended, and its owner is alive. A slot of a backfill waits when it has no run, and again
 * when its run was given up or its owner is gone, also where a tick has said so of the run before. `s` is the slot, `r` its run, `o` the owner of that.
 */
export const slotRuns = `
signalbox.backfill_slot s
left join signalbox.run r on r.id = s.run_id
left join signalbox.owner o on o.id = r.owner`;
export const isAtWork = '(r.finished_at is null and o.retired_at is null and o.lease_until > now())';
export const isWaiting = `(s.run_id is null or r.status = 'cancelled' or (r.status = 'failed' and r.reason = 'lost')
  or (r.finished_at is null and not ${isAtWork}))`;
