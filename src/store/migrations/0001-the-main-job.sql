-- Deliveries by GitHub's id. `signal` is the few fields we use of the payload.
create table deliveries (
  id text primary key,
  signal jsonb not null,
  status text not null check (status in ('received', 'done', 'ignored', 'failed')),
  tries integer not null default 1,
  note text,
  received_at timestamptz not null default now(),
  settled_at timestamptz
);
create index deliveries_unsettled on deliveries (received_at) where status = 'received';

-- One row a fix: the fold of its events, which bursts read; and the outbox of bursts.
create table fixes (
  id text primary key,
  installation_id bigint not null,
  repository text not null,
  issue_number integer not null,
  pull_request_number integer,
  run_id bigint,
  state text not null,
  facts jsonb not null,
  wait_until timestamptz,
  burst_number integer not null default 0,
  burst_kind text,
  running_number integer,
  running_kind text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- The same issue labelled ten times is one fix.
create unique index fixes_live on fixes (repository, issue_number)
  where state not in ('archived', 'stopped', 'abandoned', 'expired');
create index fixes_pull_request on fixes (repository, pull_request_number);
create index fixes_run on fixes (repository, run_id);
create index fixes_waiting on fixes (wait_until) where wait_until is not null;
create index fixes_wanting on fixes (id) where burst_kind is not null;
create index fixes_running on fixes (id) where running_number is not null;

create table events (
  fix_id text not null references fixes (id) on delete cascade,
  sequence integer not null,
  key text not null,
  type text not null,
  body jsonb not null,
  -- False when the event meant nothing in the state it met.
  did_advance boolean not null,
  delivery_id text,
  at timestamptz not null default now(),
  primary key (fix_id, sequence),
  unique (fix_id, key)
);

-- Every turn that was asked for; this is also the trace.
create table turns (
  fix_id text not null references fixes (id) on delete cascade,
  role text not null,
  part text not null,
  index integer not null,
  -- A call that was asked and never answered (the process died) leaves its count here.
  asked integer not null default 1,
  model_id text,
  reply jsonb,
  results jsonb,
  overlay_changes jsonb,
  input_tokens bigint not null default 0,
  cached_input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  -- Null where nobody knows the price.
  cost_usd double precision,
  asked_at timestamptz not null default now(),
  answered_at timestamptz,
  primary key (fix_id, role, part, index)
);

create table attempts (
  fix_id text not null references fixes (id) on delete cascade,
  number integer not null,
  body jsonb not null,
  primary key (fix_id, number)
);

create table effects (
  fix_id text not null references fixes (id) on delete cascade,
  key text not null,
  remote jsonb not null,
  at timestamptz not null default now(),
  primary key (fix_id, key)
);

create table documents (
  fix_id text not null references fixes (id) on delete cascade,
  kind text not null,
  markdown text not null,
  primary key (fix_id, kind)
);
