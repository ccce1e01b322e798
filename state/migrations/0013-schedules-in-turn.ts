/**
 * Two versions of a DAG may tick in turn, and one of them more often: schedules that were on record not long ago, as text, with
 * the instant up to which their slots have rows.
 */
export const schedulesInTurn = `
alter table signalbox.schedule add column others jsonb not null default '{}';
`;
