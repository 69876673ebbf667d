-- How repositories stand with the App since it was installed there, by GitHub's number, which no rename changes.
create table repositories (
  id bigint primary key,
  installation_id bigint not null,
  repository text not null,
  state text not null check (state in ('wanted', 'proposed', 'merged', 'closed', 'off')),
  pull_request_number integer,
  tip text,
  note text,
  tries integer not null default 0,
  -- When the sweep looks at it again; null where it need not.
  look_at timestamptz,
  -- When its pull request was last set about: what the pace counts.
  begun_at timestamptz,
  updated_at timestamptz not null default now()
);
create index repositories_name on repositories (repository);
create index repositories_look_at on repositories (look_at) where look_at is not null;
create index repositories_pace on repositories (installation_id, begun_at);

-- Installations that the App has seen from their first day: a repository that is missing above was lost on its way.
create table installations (
  id bigint primary key,
  look_at timestamptz not null
);

-- Fixes that have to end when their installation does.
create index fixes_installation on fixes (installation_id)
  where state not in ('archived', 'stopped', 'abandoned', 'expired');
