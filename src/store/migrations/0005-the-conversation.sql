-- Issues and pull requests that somebody asked to leave alone.
create table ignored_threads (
  repository text not null,
  number integer not null,
  by text not null,
  at timestamptz not null default now(),
  primary key (repository, number)
);
