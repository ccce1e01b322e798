/**
 * Slots: what became of each instant of a schedule. The statuses repeat engine/model/slot.ts (a test compares them).
 *
 * `slot.component` is empty for a slot of the DAG itself. A row with `slot_to` stands for `count` missed slots from `slot`
 * on: after a long time off they are too many to name.
 *
 * A claim carries the as_of of its holder, so that neither taking it nor reading it looks at the run: null means that the
 * holder's success counts for nothing but itself, as in a backfill.
 */
export const slots = `
create table signalbox.schedule (
  environment text collate "C" not null,
  dag text collate "C" not null,
  digest text,
  watermark timestamptz not null,
  paused_at timestamptz,
  paused_by text,
  primary key (environment, dag),
  constraint schedule_pause_check check ((paused_at is null) = (paused_by is null))
);

create table signalbox.slot (
  environment text collate "C" not null,
  dag text collate "C" not null,
  component text collate "C" not null,
  slot timestamptz not null,
  slot_to timestamptz,
  count integer not null default 1 constraint slot_count_check check (count >= 1),
  status text not null
    constraint slot_status_check check (status in ('due', 'created', 'skipped', 'missed')),
  trigger text not null
    constraint slot_trigger_check check (trigger in ('manual', 'scheduled', 'catchup', 'backfill', 'retry', 'webhook')),
  reason text,
  not_before timestamptz,
  deadline timestamptz,
  run_id uuid references signalbox.run deferrable initially deferred,
  evidence jsonb not null default '{}',
  recorded_at timestamptz not null default now(),
  primary key (environment, dag, component, slot),
  constraint slot_run_check check ((status = 'created') = (run_id is not null)),
  constraint slot_range_check check (slot_to is null or (status = 'missed' and slot_to >= slot))
);
create index slot_open on signalbox.slot (environment, dag, slot) where status = 'due';

create table signalbox.tick (
  environment text collate "C" primary key,
  owner uuid not null,
  host text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  is_well boolean
);

alter table signalbox.run
  add column slot timestamptz,
  add column as_of timestamptz,
  add column answers_slots boolean not null default false,
  add column advances boolean not null default true;
update signalbox.run set as_of = started_at;
alter table signalbox.run
  alter column as_of set not null,
  alter column answers_slots drop default,
  alter column advances drop default;
create unique index run_of_slot on signalbox.run (environment, dag, slot) where trigger in ('scheduled', 'catchup');

alter table signalbox.claim
  add column as_of timestamptz,
  add column answered_until timestamptz;
update signalbox.claim k set
  as_of = (
    select r.as_of from signalbox.component_run c join signalbox.run r on r.id = c.run_id where c.id = k.component_run_id),
  answered_until = (
    select r.as_of from signalbox.component_run c join signalbox.run r on r.id = c.run_id where c.id = k.last_success);
`;
