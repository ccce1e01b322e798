/**
 * Whether an owner retired by itself or was found dead, and how: `process_gone` is proven by the kernel of its host,
 * `lease_over` by the clock of the database. `refused` counts what it sent after that and that changed nothing.
 *
 * Those that live are found by an index of their own: the others are all that ever were.
 */
export const deadOwners = `
alter table signalbox.owner
  add column ended_by text
    constraint owner_ended_by_check check (ended_by in ('retired', 'process_gone', 'lease_over')),
  add column refused integer not null default 0;
update signalbox.owner set ended_by = 'retired' where retired_at is not null;
alter table signalbox.owner add constraint owner_end_check check ((retired_at is null) = (ended_by is null));
create index owner_living on signalbox.owner (id) where retired_at is null;
`;
