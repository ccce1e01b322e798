/** What was made in the runs for a slot is read again by a backfill of that slot. A run keeps its slot: no transition touches it. */
export const runsOfSlots = `
create index run_by_slot on signalbox.run (environment, dag, slot) where slot is not null;
`;
