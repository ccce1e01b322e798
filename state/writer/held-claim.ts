/**
 * A claim is held as long as its component run is live in a live run; `k` is the claim. A scalar, because `exists` may be
 * planned as a hash over all component runs: here each claim is looked up by itself.
 */
export const isHeld = `(
    select true from signalbox.component_run c join signalbox.run r on r.id = c.run_id
    where c.id = k.component_run_id and c.finished_at is null and r.finished_at is null) is not null`;
