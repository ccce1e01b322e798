/**
 * Calls to outside services, counted over all environments that share a credential; and what people changed by hand.
 *
 * The one key that does not begin with (environment, dag, component). `resume_at` counts for the windows that follow as
 * well: a service that asked for silence asked for it whatever our windows are.
 */
export const quotas = `
create table signalbox.quota_usage (
  quota text collate "C" not null,
  credential text collate "C" not null,
  per text not null
    constraint quota_usage_per_check check (per in ('minute', 'hour', 'day', 'month')),
  window_start timestamptz not null,
  window_end timestamptz not null,
  used bigint not null constraint quota_usage_used_check check (used >= 0),
  learned_limit bigint constraint quota_usage_limit_check check (learned_limit >= 0),
  resume_at timestamptz,
  updated_at timestamptz not null,
  primary key (quota, credential, per, window_start),
  constraint quota_usage_window_check check (window_start < window_end)
);

create table signalbox.audit (
  id uuid primary key,
  at timestamptz not null,
  who text not null,
  environment text collate "C",
  dag text collate "C",
  component text collate "C",
  action text not null,
  details jsonb not null
);
create index audit_by_time on signalbox.audit (at desc);
`;
