-- Tests that are to fail on the base, before the patch is written.
create table reproductions (
  fix_id text not null references fixes (id) on delete cascade,
  number integer not null,
  body jsonb not null,
  primary key (fix_id, number)
);
