-- What the models see of an issue, as it was frozen when somebody labelled it.
create table inputs (
  fix_id text primary key references fixes (id) on delete cascade,
  text text not null,
  digest text not null,
  left_out jsonb not null
);

-- What ran on a commit without any patch, by check: the measure for what has to run with one. Belongs to no single fix.
create table inventories (
  repository text not null,
  commit_sha text not null,
  -- Another workflow runs other tests.
  workflow_blob text not null,
  checks jsonb not null,
  at timestamptz not null default now(),
  primary key (repository, commit_sha, workflow_blob)
);
create index inventories_at on inventories (at);

-- Runs beside the candidate's own.
alter table fixes add column side_run_ids bigint[] not null default '{}';
create index fixes_side_runs on fixes using gin (side_run_ids);

-- How many fixes were started lately.
create index fixes_created on fixes (created_at);
