/**
 * What people ask of a run: that it stop, and that it be tried again.
 *
 * The engine of a run looks once a second whether it is to be cancelled.
 */
export const actingOnRuns = `
alter table signalbox.run
  add column cancel_asked_at timestamptz,
  add column cancel_asked_by text,
  add column cancel_reason text,
  add column retry_of uuid references signalbox.run on delete set null,
  add constraint run_cancel_check check ((cancel_asked_at is null) = (cancel_asked_by is null));
create index run_retries on signalbox.run (retry_of) where retry_of is not null;
`;
