-- When the sweep last looked at a live fix for what no webhook told.
alter table fixes add column looked_at timestamptz not null default now();
create index fixes_looked_at on fixes (looked_at)
  where state not in ('archived', 'stopped', 'abandoned', 'expired');
