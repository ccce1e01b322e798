/** What removing old runs and owners asks for each of them, and what their foreign keys then ask again. */
export const retention = `
create index run_of_owner on signalbox.run (owner);
create index slot_of_run on signalbox.slot (run_id) where run_id is not null;
create index backfill_slot_of_run on signalbox.backfill_slot (run_id) where run_id is not null;
`;
