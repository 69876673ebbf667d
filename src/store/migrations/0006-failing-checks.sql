-- What a fix is for: `issue:7`, `checks:<branch>` or `fork:<pull request>`. Versions before this knew issues only, and one
-- that still runs beside this writes none.
alter table fixes add column subject text;
drop index fixes_live;
create unique index fixes_live on fixes (repository, (coalesce(subject, 'issue:' || issue_number::text)))
  where state not in ('archived', 'stopped', 'abandoned', 'expired');
