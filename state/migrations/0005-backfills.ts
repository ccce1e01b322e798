/**
 * Backfills: one run for each slot of a span of the past. A slot of a backfill is no slot of the schedule: that has a row,
 * or none, whatever is done again later.
 *
 * `dataset_version.advances` is false for versions of the past: they are never the newest.
 */
export const backfills = `
create table signalbox.backfill (
  id uuid primary key,
  environment text collate "C" not null,
  dag text collate "C" not null,
  from_slot timestamptz not null,
  to_slot timestamptz not null,
  selection jsonb not null,
  reprocess text not null
    constraint backfill_reprocess_check check (reprocess in ('none', 'failed', 'completed')),
  max_active integer not null constraint backfill_max_active_check check (max_active >= 1),
  backwards boolean not null,
  advances boolean not null,
  status text not null
    constraint backfill_status_check check (status in ('running', 'completed', 'cancelled')),
  created_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  constraint backfill_end_check check ((status = 'running') = (finished_at is null))
);
create index backfill_of_dag on signalbox.backfill (environment, dag, id desc);

create table signalbox.backfill_slot (
  backfill_id uuid not null references signalbox.backfill,
  slot timestamptz not null,
  run_id uuid references signalbox.run deferrable initially deferred,
  primary key (backfill_id, slot)
);

alter table signalbox.dataset_version add column advances boolean not null default true;
`;
