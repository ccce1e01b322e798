/**
 * Runs and what they leave. The statuses and verdicts repeat engine/model (a test compares them).
 *
 * Text that is part of a key is compared by bytes (collate "C"): the order does not hang on the server's locale.
 *
 * component_run, attempt, decision, claim and source_state carry no foreign key to their parent: each of their rows is
 * written by the very statement that inserted or moved the parent, and checking that again row by row made recording a
 * run of 10,000 components a tenth slower and creating it half as slow again.
 *
 * No index of component_run or claim has a column that a transition changes, and their pages are left room: the new
 * row version stays on its page and no index is touched (HOT), which took a quarter off each transition. So there is
 * no index of successes. Instead a claim remembers: when the next run takes it, the component run that held it becomes
 * `last_success` if it was one (see state/writer/claim.ts). Whoever removes old runs must spare those.
 */
export const runs = `
create table signalbox.owner (
  id uuid primary key,
  host text not null,
  boot_id text,
  pid_namespace text,
  pid integer not null,
  process_started text,
  registered_at timestamptz not null default now(),
  lease_until timestamptz not null,
  retired_at timestamptz
);

create table signalbox.dag_version (
  dag text collate "C" not null,
  version text collate "C" not null,
  definition jsonb not null,
  first_seen_at timestamptz not null default now(),
  primary key (dag, version)
);

create table signalbox.run (
  id uuid primary key,
  environment text collate "C" not null,
  dag text collate "C" not null,
  dag_version text collate "C" not null,
  trigger text not null
    constraint run_trigger_check check (trigger in ('manual', 'scheduled', 'catchup', 'backfill', 'retry', 'webhook')),
  forced boolean not null,
  status text not null
    constraint run_status_check check (status in ('queued', 'running', 'success', 'failed', 'cancelled', 'timed_out')),
  reason text,
  selection jsonb not null,
  owner uuid not null references signalbox.owner,
  started_at timestamptz not null,
  deadline timestamptz not null,
  finished_at timestamptz,
  foreign key (dag, dag_version) references signalbox.dag_version,
  constraint run_end_check check ((status in ('queued', 'running')) = (finished_at is null))
);
create index run_by_dag on signalbox.run (environment, dag, id desc);
create index run_live on signalbox.run (owner) where finished_at is null;

create table signalbox.component_run (
  id uuid primary key,
  run_id uuid not null,
  environment text collate "C" not null,
  dag text collate "C" not null,
  component text collate "C" not null,
  status text not null
    constraint component_run_status_check check (status in ('pending', 'running', 'up_for_retry', 'success', 'unchanged',
      'skipped', 'deferred', 'upstream_failed', 'failed', 'timed_out', 'cancelled')),
  reason text,
  fence bigint,
  degraded boolean not null default false,
  attempts integer not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  wall_ms double precision,
  rows bigint,
  bytes bigint,
  output jsonb,
  output_digest text,
  fingerprint text,
  upstream_digests jsonb,
  failure jsonb,
  unique (run_id, component),
  constraint component_run_end_check
    check ((status in ('pending', 'running', 'up_for_retry')) = (finished_at is null)),
  constraint component_run_success_check
    check (status <> 'success' or (fence is not null and output_digest is not null and fingerprint is not null))
) with (fillfactor = 20);

create table signalbox.attempt (
  id uuid primary key,
  component_run_id uuid not null,
  number integer not null constraint attempt_number_check check (number >= 1),
  status text not null
    constraint attempt_status_check
      check (status in ('running', 'success', 'failed', 'timed_out', 'cancelled', 'interrupted', 'lost')),
  owner uuid not null,
  fence bigint not null,
  pid integer,
  started_at timestamptz not null,
  deadline timestamptz not null,
  finished_at timestamptz,
  wall_ms double precision,
  cpu_ms double precision,
  peak_rss_bytes bigint,
  calls bigint,
  bytes_in bigint,
  failure jsonb,
  warnings jsonb not null default '[]',
  quarantine jsonb,
  unique (component_run_id, number),
  constraint attempt_end_check check ((status = 'running') = (finished_at is null))
);

create table signalbox.decision (
  component_run_id uuid primary key,
  verdict text not null
    constraint decision_verdict_check check (verdict in ('run', 'unchanged', 'skip', 'defer', 'blocked')),
  reason text not null,
  checks jsonb not null
);

create table signalbox.claim (
  environment text collate "C" not null,
  dag text collate "C" not null,
  component text collate "C" not null,
  component_run_id uuid not null,
  owner uuid not null,
  fence bigint not null constraint claim_fence_check check (fence >= 1),
  last_success uuid,
  recent_wall_ms double precision[] not null default '{}',
  claimed_at timestamptz not null default now(),
  primary key (environment, dag, component)
) with (fillfactor = 45);

create table signalbox.source_state (
  environment text collate "C" not null,
  dag text collate "C" not null,
  component text collate "C" not null,
  fence bigint not null,
  component_run_id uuid not null,
  evidence jsonb not null,
  recorded_at timestamptz not null,
  primary key (environment, dag, component)
);

create table signalbox.dataset_version (
  id uuid primary key,
  environment text collate "C" not null,
  dag text collate "C" not null,
  component text collate "C" not null,
  dataset text collate "C" not null,
  component_run_id uuid not null references signalbox.component_run,
  path text not null,
  rows bigint not null constraint dataset_version_rows_check check (rows >= 0),
  bytes bigint not null constraint dataset_version_bytes_check check (bytes >= 0),
  sha256 text not null,
  digest text not null,
  schema jsonb not null,
  evidence jsonb not null,
  published_at timestamptz not null,
  unique (component_run_id, dataset),
  unique (environment, path)
);
create index dataset_version_newest on signalbox.dataset_version (environment, dag, dataset, published_at desc, id desc);
`;
