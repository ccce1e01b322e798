/** A slot may have had its run before some of the components were there: then only these are asked. Null: all of the selection. */
export const componentsOfBackfillSlots = `
alter table signalbox.backfill_slot add column components jsonb;
`;
