-- What a repository configured when its configuration was last valid. It stays in force while that is not.
create table policies (
  -- GitHub's names are the same in any letter case: lower case here.
  repository text primary key,
  policy jsonb not null,
  at timestamptz not null default now()
);
